package web

import (
	"context"
	"errors"
	"net/http"

	"turnus/client"
	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// wish is something that may be wanted of a run: it has consequences, which its
// page says before it counts.
type wish struct {
	name   string
	title  text.Text
	button text.Text
	reason bool // it has to be given
	do     func(ctx context.Context, c *client.Client, r run.Run, reason string) (id string, err error)
}

var (
	cancelling = wish{name: "cancel", reason: true,
		title: text.New("Cancel the run", "Lauf abbrechen"), button: text.New("Cancel the run now", "Jetzt abbrechen"),
		do: func(ctx context.Context, c *client.Client, r run.Run, reason string) (string, error) {
			ended, err := c.Cancel(ctx, r.ID, reason)
			return ended.ID, err
		}}
	again = wish{name: "again", reason: true,
		title: text.New("Start another attempt", "Weiteren Versuch starten"), button: text.New("Start now", "Jetzt starten"),
		do: func(ctx context.Context, c *client.Client, r run.Run, reason string) (string, error) {
			started, err := c.Start(ctx, client.Start{Process: r.Process, Scope: r.Scope, Period: r.Period, Again: true, Reason: reason, Provisional: r.State == run.Provisional})
			return started.ID, err
		}}
	refreshing = wish{name: "refresh",
		title: text.New("Begin another round", "Neue Freigaberunde beginnen"), button: text.New("Begin now", "Jetzt beginnen"),
		do: func(ctx context.Context, c *client.Client, r run.Run, _ string) (string, error) {
			begun, err := c.Refresh(ctx, r.ID)
			return begun.ID, err
		}}
)

// wished is a wish's page.
type wished struct {
	wish
	listed
	Typed string
	Wrong *client.Problem
}

// Button confirms the wish.
func (w wished) Button() text.Text { return w.button }

// Asks says that the reason has to be given.
func (w wished) Asks() bool { return w.wish.reason }

// Published says that a report is in force, which the new attempt would restate.
func (w wished) Published() bool { return w.State == run.Published }

// Enacts says that nothing is published, but something put in force.
func (w wished) Enacts() bool {
	p, _ := process.Find(w.Process)
	return p.Scope == process.OfChange
}

// Warning is what to know before a run of that process is cancelled.
func (w wished) Warning() text.Text {
	p, _ := process.Find(w.Process)
	return p.Cancelling
}

func showWish(of wish) func(*visit) error {
	return func(v *visit) error {
		r, err := v.run()
		if err != nil {
			return err
		}
		return v.show(http.StatusOK, "run-"+of.name, of.title, wished{wish: of, listed: listed{r}})
	}
}

// carryOut does what is wished: from here on it counts. What the API finds wrong
// with it stands over the form, with what was typed.
func carryOut(of wish) func(*visit) error {
	return func(v *visit) error {
		r, err := v.run()
		if err != nil {
			return err
		}
		id, err := of.do(v.once(), v.api, r, v.form("reason"))
		if p := problemOf(err); p != nil && (p.Status == http.StatusUnprocessableEntity || p.Status == http.StatusBadRequest) {
			return v.show(p.Status, "run-"+of.name, of.title, wished{of, listed{r}, v.form("reason"), p})
		}
		if err != nil {
			return err
		}
		return v.to(runAt(id))
	}
}

// problemOf is why the API refused something, or nil.
func problemOf(err error) *client.Problem {
	var p *client.Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}
