package temporal

import "crypto/tls"

// What only tests look at: the ports of frontend, history, matching and
// worker; TLS with a certificate of a name that clients have; renewing now.

func (s *Server) Ports() []int                      { return s.ports }
func (s *Server) ClientTLS(name string) *tls.Config { return s.clientTLS(name) }
func (s *Server) Renew() error                      { return s.keys.renew() }

const WebUI = webUI

var (
	OpenKeys = openKeys
	Masking  = masking
)

func (k *keys) Publish(address string) error { return k.publish(address) }
