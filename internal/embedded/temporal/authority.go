package temporal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"net"
	"sync"
	"time"
)

// Certificates live a year, and are issued anew when a third of it is left.
// They begin an hour early, since clocks differ.
const (
	life = 365 * 24 * time.Hour
	skew = time.Hour
)

// noBeginning is when an authority's certificate begins: long ago, since a clock
// that was ahead when it was made would make it worthless once it is put right.
var noBeginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// noEnd is how RFC 5280 (4.1.2.5) says that a certificate has no end. An
// authority has none: another one would ask for another ca.pem everywhere.
var noEnd = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// What a certificate is good for: none of a client passes as a server's.
var (
	asClient = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	asServer = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	asBoth   = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time
}

func newAuthority(name string, now func() time.Time) (*authority, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{Organization: []string{"Turnus"}, CommonName: name}, NotBefore: noBeginning, NotAfter: noEnd,
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key, now: now}, err
}

// parseAuthority reads what encode has written.
func parseAuthority(file []byte, now func() time.Time) (*authority, error) {
	pair, err := tls.X509KeyPair(file, file)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, errors.New("it holds no authority's certificate")
	}
	return &authority{cert: pair.Leaf, key: key, now: now}, nil
}

// encode is certificate and key in one PEM file, so that neither is ever there
// without the other.
func (a *authority) encode() ([]byte, error) {
	key, err := encodeKey(a.key)
	return append(encodeCert(a.cert.Raw), key...), err
}

// pool is the trust in what this authority has signed, and in that of others.
func (a *authority) pool(others ...*authority) *x509.CertPool {
	p := x509.NewCertPool()
	for _, one := range append(others, a) {
		p.AddCert(one.cert)
	}
	return p
}

// issue signs a certificate with a name, good for a year on this machine.
func (a *authority) issue(name string, usage []x509.ExtKeyUsage, key *ecdsa.PrivateKey) (*tls.Certificate, error) {
	now := a.now()
	template := &x509.Certificate{
		Subject: pkix.Name{Organization: []string{"Turnus"}, CommonName: name}, NotBefore: now.Add(-skew), NotAfter: now.Add(life),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usage, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// due says whether a certificate has to be issued anew: little of its life is
// left, or the clock was put back to before it.
func due(cert *x509.Certificate, now time.Time) bool {
	third := cert.NotAfter.Sub(cert.NotBefore) / 3
	return now.After(cert.NotAfter.Add(-third)) || now.Before(cert.NotBefore)
}

// held is a certificate that is kept in memory only, with its key, and issued
// anew when it is due as it is asked for.
type held struct {
	by    *authority
	name  string
	usage []x509.ExtKeyUsage

	mu   sync.Mutex
	cert *tls.Certificate
}

func (h *held) get() (*tls.Certificate, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cert != nil && !due(h.cert.Leaf, h.by.now()) {
		return h.cert, nil
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	cert, err := h.by.issue(h.name, h.usage, key)
	if err == nil {
		h.cert = cert
	}
	return cert, err
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func encodeCert(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func encodeKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}
