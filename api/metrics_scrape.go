package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/labstack/echo/v4"

	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// /metrics names the intervals and says what waits, so it isn't for everybody
// who reaches the port: with a token file it is for whoever sends that token;
// without one for callers of this machine.

// ReadMetricsToken reads the token that lets /metrics be read. An empty file is
// an error.
func ReadMetricsToken(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	if token == "" {
		return "", fmt.Errorf("%s is empty: it has to hold a token", file)
	}
	return token, nil
}

func (s *server) scrape(e *echo.Echo) {
	all := s.metrics.handler()
	e.GET("/metrics", func(c echo.Context) error {
		if err := s.mayScrape(c.Request()); err != nil {
			return err
		}
		all.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}

func (s *server) mayScrape(in *http.Request) error {
	if s.MetricsTokenFile == "" {
		if fromHere(in) {
			return nil
		}
		return fault.New(fault.Forbidden, text.New(
			"Metrics are for callers on this machine that come without a proxy: to read them from elsewhere, start with --metrics-token-file FILE and send the token in it as Authorization: Bearer TOKEN.",
			"Metriken gibt es nur für Aufrufe von diesem Rechner, ohne Proxy: Für andere mit --metrics-token-file FILE starten und das Token darin als Authorization: Bearer TOKEN mitschicken."))
	}
	want, err := ReadMetricsToken(s.MetricsTokenFile) // it may have been renewed
	if err != nil {
		return fault.New(fault.Unavailable, text.New("The token for metrics can't be read just now; the log says why.",
			"Das Token für Metriken ist gerade nicht lesbar; der Grund steht im Protokoll.")).Because(err)
	}
	if m := bearer.FindStringSubmatch(in.Header.Get("Authorization")); m == nil || !same(m[1], want) {
		return fault.New(fault.Forbidden, text.New("Metrics need their own token: send the one in the file that --metrics-token-file names, as Authorization: Bearer TOKEN.",
			"Metriken brauchen ein eigenes Token: Das aus der mit --metrics-token-file genannten Datei als Authorization: Bearer TOKEN mitschicken."))
	}
	return nil
}

// same compares secrets in a time that says nothing about them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// fromHere says that a request comes from a program of this machine: its peer
// is on loopback, it doesn't say that it was passed on for somebody else, and it
// calls us by a name of loopback, which a page in a browser here doesn't.
func fromHere(in *http.Request) bool {
	peer, err := netip.ParseAddrPort(in.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for name := range in.Header {
		switch {
		case name == "Forwarded", name == "Via", strings.HasPrefix(name, "X-Forwarded"), strings.HasPrefix(name, "X-Original-"),
			strings.HasSuffix(name, "-Client-Ip"), strings.HasSuffix(name, "-Connecting-Ip"), name == "X-Real-Ip":
			return false
		}
	}
	host, _, err := net.SplitHostPort(in.Host)
	if err != nil {
		host = strings.Trim(in.Host, "[]") // without a port
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
