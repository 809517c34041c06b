package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"turnus/client"
	"turnus/itsm/person"
)

func tokenCommand() *cobra.Command {
	var days int
	var list bool
	var revoke string
	c := withJSON(&cobra.Command{
		Use:   "token PERSON",
		Short: "Issue a bearer token for a person; it is printed once and stored hashed",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			switch {
			case list:
				tokens, err := api.Tokens(c.Context(), args[0])
				if err != nil {
					return err
				}
				return table(c, tokens, "ID ISSUER CREATED EXPIRES REVOKED", func(t person.Token) []any {
					revoked := ""
					if t.Revoked != nil {
						revoked = instant(*t.Revoked)
					}
					return []any{t.ID, t.Issuer, instant(t.Created), instant(t.Expires), revoked}
				})
			case revoke != "":
				if err := api.Revoke(c.Context(), args[0], revoke); err != nil {
					return err
				}
				fmt.Fprintf(c.ErrOrStderr(), "revoked %s\n", revoke)
				return nil
			}
			t, err := api.Token(c.Context(), args[0], days)
			if err != nil {
				return err
			}
			if asJSON, _ := c.Flags().GetBool("json"); asJSON {
				return writeJSON(c.OutOrStdout(), t)
			}
			fmt.Fprintln(c.OutOrStdout(), t.Token)
			fmt.Fprintf(c.ErrOrStderr(), "token %s for %s, until %s; it isn't shown again\n", t.ID, args[0], instant(t.Expires))
			return nil
		},
	})
	f := c.Flags()
	f.IntVar(&days, "days", 0, "days until it expires (default: 90)")
	f.BoolVar(&list, "list", false, "list the person's tokens, without their secrets")
	f.StringVar(&revoke, "revoke", "", "end the token with this ID")
	c.MarkFlagsMutuallyExclusive("days", "list", "revoke")
	return c
}

func personsCommand() *cobra.Command {
	return withJSON(&cobra.Command{
		Use:   "persons",
		Short: "Persons and their roles",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			api, err := dial()
			if err != nil {
				return err
			}
			persons, err := api.Persons(c.Context())
			if err != nil {
				return err
			}
			return table(c, persons, "PERSON ROLES EMAIL TITLE", func(p client.Resource[person.Spec]) []any {
				return []any{p.Metadata.Name, fmt.Sprint(p.Spec.Roles), p.Spec.Email, p.Title()}
			})
		},
	})
}

func auditCommand() *cobra.Command {
	var since, until string
	var trail client.Trail
	c := withJSON(&cobra.Command{
		Use:   "audit",
		Short: "The audit trail, oldest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, end := range []struct {
				flag, given string
				at          *time.Time
			}{{"--since", since, &trail.Since}, {"--until", until, &trail.Until}} {
				if end.given == "" {
					continue
				}
				t, err := time.Parse(time.RFC3339, end.given)
				if err != nil {
					return misused("%s %q isn't an instant: use RFC 3339, as in 2026-10-05T06:00:00Z", end.flag, end.given)
				}
				*end.at = t
			}
			api, err := dial()
			if err != nil {
				return err
			}
			entries, err := api.Audit(c.Context(), trail)
			if err != nil {
				return err
			}
			return table(c, entries, "NUMBER AT ACTOR ACTION OBJECT", func(e client.Entry) []any {
				return []any{e.Number, instant(e.At), e.Actor, e.Action, e.Object}
			})
		},
	})
	f := c.Flags()
	f.StringVar(&since, "since", "", "entries from this instant on")
	f.StringVar(&until, "until", "", "entries before this instant")
	f.StringVar(&trail.Person, "person", "", "only what this person did")
	f.StringSliceVar(&trail.Actions, "action", nil, "only these, as in decision.recorded; one that begins with a dot is every action that ends so: .refused")
	f.StringVar(&trail.Object, "object", "", "only about this; with a trailing / everything below it")
	return c
}
