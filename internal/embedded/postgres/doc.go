// Package postgres runs a PostgreSQL server as a child of this process: the
// one that `turnus up` brings along, and the one that tests use.
//
// It finds the binaries on the machine or fetches them, makes the cluster on
// the first start, listens on a unix socket only, drops to an unprivileged
// user when started by root (PostgreSQL refuses root), takes over from a server
// that a killed process has left behind, and starts the server again when it
// dies by itself. Backup copies it while it runs, Adopt makes a server of the
// copy. It imports nothing of ours.
//
//	server, err := postgres.Start(ctx, postgres.Config{Dir: dir, Log: log, Fetch: true})
//	if err != nil { … }
//	defer server.Stop(ctx)
//	db, err := sql.Open("postgres", server.URL("postgres"))
//
// Below Config.Dir lie: data/ (the cluster), password (mode 0600), postgres.log
// with one predecessor, and binaries/ if they had to be fetched.
package postgres
