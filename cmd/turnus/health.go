package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "health URL",
		Short: "Ask a /readyz, for images that have no other way: 0 when it is ready",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
			if err != nil {
				return misused("%q is no address: write it as http://127.0.0.1:8080/readyz", args[0])
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				return fmt.Errorf("not ready: %s", answer.Status)
			}
			_, err = io.Copy(cmd.OutOrStdout(), io.LimitReader(answer.Body, 1<<10))
			return err
		},
	}
}

// healthOf answers /healthz and /readyz, for those who keep the process alive.
func healthOf(ready func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	state := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write([]byte(`{"status":"` + text + `"}` + "\n")) //nolint:errcheck // the client may be gone
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { state(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		bounded, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if ready(bounded) != nil {
			w.Header().Set("Retry-After", "5")
			state(w, http.StatusServiceUnavailable, "a part is away")
			return
		}
		state(w, http.StatusOK, "ready")
	})
	return mux
}
