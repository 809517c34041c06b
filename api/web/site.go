package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Networks are addresses by their prefixes.
type Networks []netip.Prefix

// ParseNetworks reads addresses and prefixes, as in 10.0.0.7 or 172.16.0.0/12.
func ParseNetworks(list []string) (Networks, error) {
	var ns Networks
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			ns = append(ns, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		n, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%.80q is no address and no network: use one as in 10.0.0.7 or 172.16.0.0/12", s)
		}
		ns = append(ns, n.Masked())
	}
	return ns, nil
}

func (ns Networks) has(a netip.Addr) bool {
	for _, n := range ns {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// ParsePublic reads the address at which browsers reach Turnus.
func ParsePublic(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%.200q isn't an address of a site: write it as in https://turnus.example.org", address)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// peer is the machine at the other end of the connection.
func peer(r *http.Request) (a netip.Addr) {
	if p, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		a = p.Addr().Unmap()
	}
	return a
}

// visitor is the machine that a request comes from: what a named proxy says, or
// else the other end of the connection.
func (v *visit) visitor() netip.Addr {
	at := peer(v.r)
	hops := strings.Split(strings.Join(v.r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && v.Site.Proxies.has(at); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = a.Unmap()
	}
	return at
}

// overTLS says that the browser's connection is encrypted.
func (v *visit) overTLS() bool {
	if v.r.TLS != nil {
		return true
	}
	return v.Site.Proxies.has(peer(v.r)) && v.r.Header.Get("X-Forwarded-Proto") == "https"
}

// secured refuses pages over a connection that others can read.
func (v *visit) secured() error {
	if v.overTLS() || peer(v.r).IsLoopback() && !v.Site.Proxies.has(peer(v.r)) {
		return nil
	}
	return fault.New(fault.Forbidden, text.New(
		"Pages are shown over https, or on the machine itself. Put a proxy that speaks https before Turnus, and name it with --proxy.",
		"Seiten gibt es nur über https oder auf dem Rechner selbst. Turnus einen Proxy mit https vorschalten und mit --proxy benennen."))
}
