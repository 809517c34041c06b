package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"sync"

	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// tlsFiles are what a client needs for TLS with Temporal, read anew for each
// connection, so that what was renewed counts without a restart. What can't be
// read, as while certificate and key are replaced one after the other, counts
// as it was read last. It is a gRPC transport of its own, since a tls.Config
// asks anew for a client's certificate, and not for the authority.
type tlsFiles struct {
	credentials.TransportCredentials        // what gRPC asks besides
	cert, key, ca                    string // paths; empty: none, and the system's authorities
	serverName                       string // empty: the address's

	mu   sync.Mutex
	last *tls.Config
}

// options have a client speak TLS with these files, which can be read now.
func (f *tlsFiles) options() (o client.ConnectionOptions, err error) {
	if f.last, err = f.read(); err != nil {
		return o, err
	}
	f.TransportCredentials = credentials.NewTLS(f.last)
	return client.ConnectionOptions{TLS: f.last, DialOptions: []grpc.DialOption{grpc.WithTransportCredentials(f)}}, nil
}

// ClientHandshake implements credentials.TransportCredentials.
func (f *tlsFiles) ClientHandshake(ctx context.Context, authority string, c net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return credentials.NewTLS(f.latest()).ClientHandshake(ctx, authority, c)
}

// Clone implements credentials.TransportCredentials.
func (f *tlsFiles) Clone() credentials.TransportCredentials { return f }

// latest is TLS with the files as they are now.
func (f *tlsFiles) latest() *tls.Config {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now, err := f.read(); err == nil {
		f.last = now
	}
	return f.last
}

func (f *tlsFiles) read() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: f.serverName}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("the certificate for Temporal can't be used: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("the authority for Temporal can't be read: %w", err)
		}
		if config.RootCAs = x509.NewCertPool(); !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", f.ca)
		}
	}
	return config, nil
}
