package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"turnus/internal/embedded/temporal"
	"turnus/migrations"
)

func migrateCommand() *cobra.Command {
	var c connection
	var tokenFile string
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Set up a PostgreSQL and a Temporal of yours, or bring them up to date",
		Long: `Brings the database's schema up to this version of Turnus, states the rights of
the role ` + migrations.AppRole + `, registers the namespace with Temporal if it is missing, and
makes the administrator. It needs the login of the database's owner; api and
worker should use one that is a member of ` + migrations.AppRole + `.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.complete(); err != nil {
				return err
			}
			ctx, release := untilSignal(cmd.Context())
			defer release()
			return migrate(ctx, c, tokenFile)
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&tokenFile, "admin-token", "", "file for the administrator's token, mode 0600; one that holds a valid token is left alone")
	return cmd
}

// migrate sets everything up; again, it changes nothing.
func migrate(ctx context.Context, c connection, tokenFile string) error {
	st, err := c.records(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	err = migrations.Up(ctx, st.DB())
	switch {
	case errors.Is(err, migrations.ErrNoRole):
		say("This login may not make the role %[1]s. Have it made (CREATE ROLE %[1]s), and run turnus migrate again; until then api and worker need the owner's login", migrations.AppRole)
	case err != nil:
		return err
	}
	say("The database is up to date")
	if err := c.register(ctx); err != nil {
		return err
	}
	if err := st.EnsureAdministrator(ctx, now()); err != nil {
		return err
	}
	if tokenFile == "" {
		return nil
	}
	_, err = administratorToken(ctx, st, tokenFile)
	return err
}

// register makes the namespace unless it is there, or says how to.
func (c *connection) register(ctx context.Context) error {
	o, err := c.options(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return awaited(ctx, "Temporal on "+c.temporalAddress, func(ctx context.Context) error {
		n, err := client.NewNamespaceClient(o)
		if err != nil {
			return err
		}
		defer n.Close()
		_, err = n.Describe(ctx, c.namespace)
		var missing *serviceerror.NamespaceNotFound
		if !errors.As(err, &missing) {
			if err == nil {
				say("Temporal has the namespace %s", c.namespace)
			}
			return c.explained(err)
		}
		err = n.Register(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        c.namespace,
			WorkflowExecutionRetentionPeriod: durationpb.New(temporal.Retention),
			HistoryArchivalState:             enumspb.ARCHIVAL_STATE_DISABLED,
			VisibilityArchivalState:          enumspb.ARCHIVAL_STATE_DISABLED,
		})
		var exists *serviceerror.NamespaceAlreadyExists
		switch {
		case err == nil:
			say("Temporal has a new namespace %s", c.namespace)
			return nil
		case errors.As(err, &exists):
			return nil
		case isAway(err):
			return err
		}
		return fmt.Errorf("the namespace %[1]s is missing and can't be registered from here (%[2]w): have it made, as with temporal operator namespace create --namespace %[1]s --retention 90d, and run turnus migrate again", c.namespace, err)
	})
}
