package temporal

import (
	"crypto/tls"
	"crypto/x509"

	"go.temporal.io/server/common/rpc/encryption"
)

// serverTLS is what the server's ports speak: mutual TLS on each. History,
// matching and worker take any certificate of an authority that they trust,
// and ask no authorizer; so they trust one that signs for nobody else, and
// that ends with the process.
func serverTLS(services, clients *authority) *encryption.FixedTLSConfigProvider {
	service := &held{by: services, name: "temporal-service", usage: asBoth}
	worker := &held{by: services, name: "temporal-worker", usage: asClient}
	frontend := &held{by: clients, name: "temporal-frontend", usage: asServer}
	return &encryption.FixedTLSConfigProvider{
		InternodeServerConfig: listening(service, services.pool()),
		InternodeClientConfig: dialling(service, services),
		FrontendServerConfig:  listening(frontend, services.pool(clients)),
		FrontendClientConfig:  dialling(worker, clients), // the system's workers
	}
}

// listening is TLS of a port that lets in whom the pool vouches for. No session
// is taken up again, so that each connection shows its certificate; they are
// few, and live for minutes.
func listening(own *held, trusted *x509.CertPool) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, SessionTicketsDisabled: true, Time: own.by.now,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return own.get() },
		ClientAuth:     tls.RequireAndVerifyClientCert, ClientCAs: trusted,
	}
}

// dialling is TLS to a port whose certificate an authority has signed.
func dialling(own *held, to *authority) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, RootCAs: to.pool(), Time: own.by.now,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own.get() },
	}
}

// clientTLS is TLS to the frontend with a certificate that lives in memory.
func (s *Server) clientTLS(name string) *tls.Config {
	return dialling(&held{by: s.keys.clients, name: name, usage: asClient}, s.keys.clients)
}
