package web

import (
	"cmp"
	"fmt"
	"net"
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
	if u.Scheme == "http" && !isThisMachine(u.Host) {
		return nil, fmt.Errorf("%.200q would show pages over a connection that others can read: put a proxy that speaks https before Turnus", address)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// peer is the machine at the other end of the connection.
func peer(r *http.Request) (a netip.Addr) {
	if p, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		a = p.Addr().Unmap()
	}
	return a
}

// proxied says that a named proxy passed the request on.
func (v *visit) proxied() bool { return v.Site.Proxies.has(peer(v.r)) }

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

// forwarded is what the nearest proxy says of the browser's request; empty where
// it isn't a named one.
func (v *visit) forwarded(header string) string {
	if said := v.r.Header.Values(header); v.proxied() && len(said) > 0 {
		last := said[len(said)-1]
		return strings.TrimSpace(last[strings.LastIndex(last, ",")+1:])
	}
	return ""
}

// host is the name, with the port, that the browser asks for.
func (v *visit) host() string {
	return strings.ToLower(cmp.Or(v.forwarded("X-Forwarded-Host"), v.r.Host))
}

// overTLS says that the browser's connection is encrypted.
func (v *visit) overTLS() bool { return v.r.TLS != nil || v.forwarded("X-Forwarded-Proto") == "https" }

// site is the address of Turnus as the browser has it.
func (v *visit) site() string {
	if v.Site.Public != nil {
		return origin(v.Site.Public)
	}
	if v.overTLS() {
		return "https://" + v.host()
	}
	return "http://" + v.host()
}

// secured refuses pages over a connection that others can read, and at an
// address that isn't ours: a page of somebody else's whose name leads here.
func (v *visit) secured() error {
	if public := v.Site.Public; public != nil && withPort(v.host(), public.Scheme) != withPort(public.Host, public.Scheme) {
		return fault.New(fault.Forbidden, text.F("Turnus has its pages at another address: %s", "Turnus hat seine Seiten unter einer anderen Adresse: %s", origin(public)))
	}
	if v.overTLS() {
		return nil
	}
	if peer(v.r).IsLoopback() && !v.proxied() && isThisMachine(v.host()) && (v.Site.Public == nil || v.Site.Public.Scheme == "http") {
		return nil
	}
	return fault.New(fault.Forbidden, text.New(
		"Pages are shown over https, or on the machine itself. Put a proxy that speaks https before Turnus, and name it with --proxy.",
		"Seiten gibt es nur über https oder auf dem Rechner selbst. Turnus einen Proxy mit https vorschalten und mit --proxy benennen."))
}

// isThisMachine says that a host, with its port or without, is a name of the
// machine that asks.
func isThisMachine(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	a, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && a.Unmap().IsLoopback()
}

// withPort is a host with its port, also where that is the usual one.
func withPort(host, scheme string) string {
	u := url.URL{Host: host}
	port := map[string]string{"http": "80", "https": "443"}[scheme]
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
}
