package web

import (
	"encoding/json"
	"net/http"

	"turnus/client"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// auditedRun is one run from its approved interval to its decisions.
type auditedRun struct {
	Run      run.Run
	Title    text.Text
	Slot     *planning.Slot                  // nil: it wasn't planned
	Interval *client.Resource[planning.Spec] // the version that planned the slot; nil: not known
	Approval *run.Run                        // that decided on that version; nil: none did
	Trail    []line
	More     bool // the trail has more entries about it
}

// showAuditedRun shows what a run's result stands on, and who decided, with the
// hashes and the issuers of tokens.
func showAuditedRun(v *visit) error {
	ctx := v.r.Context()
	r, err := v.api.Run(ctx, v.runOf())
	if err != nil {
		return err
	}
	a := auditedRun{Run: r, Title: processTitle(r.Process)}
	trail, next, err := v.api.AuditPart(ctx, client.Trail{Object: "run/" + r.ID}, "", 200)
	if err != nil {
		return err
	}
	for _, e := range trail {
		a.Trail = append(a.Trail, line{e})
	}
	a.More = next != ""
	if err := a.planned(v); err != nil {
		return err
	}
	return v.show(http.StatusOK, "audit-run", text.F("Evidence of %s", "Nachweise zu %s", r.ID), a)
}

// planned finds the slot that a run is for, and the version of the interval that
// planned it with what decided on that.
func (a *auditedRun) planned(v *visit) error {
	ctx := v.r.Context()
	slots, err := v.api.Plan(ctx, client.Slots{Process: a.Run.Process, Service: a.Run.Service})
	if err != nil {
		return err
	}
	for _, s := range slots {
		if s.Key == a.Run.Key {
			a.Slot = &s
			break
		}
	}
	if a.Slot == nil {
		return nil
	}
	versions, err := client.Versions[planning.Spec](ctx, v.api, "intervals", a.Slot.Interval, 500)
	if err != nil {
		return err
	}
	for _, i := range versions {
		if i.Version == a.Slot.Version {
			a.Interval = &i
		}
	}
	// Which run put the version in force the trail says.
	enacted, _, err := v.api.AuditPart(ctx, client.Trail{Object: resource.Interval.Ref(a.Slot.Interval).String(), Actions: []string{"resource.created", "resource.changed"}}, "", 500)
	if err != nil {
		return err
	}
	for _, e := range enacted {
		var x struct {
			Version resource.Version `json:"version"`
			Run     string           `json:"run"`
		}
		if json.Unmarshal(e.After, &x) != nil || x.Run == "" || x.Version.Version != a.Slot.Version {
			continue
		}
		approval, err := v.api.Run(ctx, x.Run)
		if err != nil {
			return err
		}
		a.Approval = &approval
	}
	return nil
}

// Decisions are those of the run, as they are shown.
func (a auditedRun) Decisions() []task.Decision { return a.Run.Decisions }
