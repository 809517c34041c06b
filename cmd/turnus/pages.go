package main

import (
	"context"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"turnus/api/web"
	"turnus/store"
)

// siteFlags say how browsers reach the pages.
type siteFlags struct {
	public  string
	proxies []string
}

func (f *siteFlags) declare(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.public, "public-url", "", "address at which browsers reach Turnus, as in https://turnus.example.org (default: the one that they ask for)")
	cmd.Flags().StringSliceVar(&f.proxies, "proxy", nil, "address or network of a proxy whose X-Forwarded-For and X-Forwarded-Proto count, as in 10.0.0.7 (default: none)")
}

// site is what the flags say, or what is wrong with them.
func (f *siteFlags) site() (s web.Site, err error) {
	if f.public != "" {
		if s.Public, err = web.ParsePublic(f.public); err != nil {
			return s, misused("--public-url: %v", err)
		}
	}
	if s.Proxies, err = web.ParseNetworks(f.proxies); err != nil {
		return s, misused("--proxy: %v", err)
	}
	return s, nil
}

// admissionTime is how long an address that lets somebody in is good.
const admissionTime = 15 * time.Minute

// letIn shows addresses that let people in, each once. Only a person at a
// terminal sees them: what goes into a file or a journal is kept.
func (s site) letIn(ctx context.Context, st *store.Store, url string, names ...string) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return
	}
	at := s.pagesAt(strings.TrimPrefix(url, "http://"))
	if at == "" {
		say("Pages are shown over https, or on this machine itself: put a proxy before Turnus, and name it with --public-url and --proxy")
		return
	}
	var lines []string
	for _, name := range names {
		secret, err := st.Admit(ctx, now(), name, admissionTime)
		if err != nil {
			say("No address for %s to sign in: %v", name, err)
			return
		}
		lines = append(lines, "  "+name+": "+at+"/sign-in/"+secret)
	}
	say("To sign in, open an address in a browser. Each is good once, within 15 minutes:\n%s", strings.Join(lines, "\n"))
}

// pagesAt is the address at which a browser gets pages: the public one, or else,
// on this machine, the one that Turnus listens on. Empty: there is none.
func (s site) pagesAt(listens string) string {
	if s.pages.Public != nil {
		return s.pages.Public.String()
	}
	host, port, err := net.SplitHostPort(listens)
	ip := net.ParseIP(host)
	switch {
	case err != nil || ip != nil && !ip.IsLoopback() && !ip.IsUnspecified():
		return ""
	case host == "" || ip != nil && ip.IsUnspecified():
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// demoPeople are the people of the demo: those with a token in its directory.
func demoPeople(dir string) (names []string) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}
