package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"turnus/client"
	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// deed is something that the owner of a service does to a slot or an interval.
// Its page says what will happen and asks why before it does it.
type deed struct {
	Name     string
	Interval bool // it is done to an interval, not to a slot
	Head     text.Text
	Then     text.Text // what will happen
	Button   text.Text
	Optional bool // the reason may be left out
	Dates    bool // it asks for a span of dates
	Path     string
	fits     func(planning.Story) bool
	do       func(*visit, doing) (to string, err error)
}

// at is the address of its page, for a slot or the slot's interval.
func (d deed) at(s planning.Story) string {
	if d.Interval {
		return "/plan/intervals/" + url.PathEscape(s.Interval) + "/" + d.Name + "?slot=" + url.QueryEscape(s.Key.ID(1))
	}
	return slotPath(s.Key) + "/" + d.Name
}

// doing is a deed with what was typed for it.
type doing struct {
	deed
	About    string // the slot or the interval
	Slot     *slotView
	Back     string
	From, To string
	Reason   string
	Unfit    bool // the slot isn't in a state in which it can be done
	Wrong    *client.Problem
}

// deeds are those that there are.
func deeds() []deed {
	open := func(states ...planning.State) func(planning.Story) bool {
		return func(s planning.Story) bool { return slices.Contains(states, s.State) }
	}
	return []deed{{
		Name: "start", Optional: true, Head: text.New("Start the run now", "Lauf jetzt starten"), Button: text.New("Start now", "Jetzt starten"),
		Then: text.New("The run collects its data, drafts the report and asks for its approval. Whoever starts it doesn't approve it.",
			"Der Lauf sammelt seine Daten, entwirft den Bericht und legt ihn zur Freigabe vor. Wer ihn startet, gibt ihn nicht frei."),
		fits: open(planning.Planned, planning.Due, planning.Missed),
		do:   startSlot,
	}, {
		Name: "again", Head: text.New("Start another attempt", "Weiteren Versuch starten"), Button: text.New("Start another attempt", "Weiteren Versuch starten"),
		Then: text.New("Another attempt begins. What it publishes is a restatement: the report that is in force now stays on record as superseded.",
			"Ein weiterer Versuch beginnt. Was er veröffentlicht, ist eine Berichtigung: Der bisher gültige Bericht bleibt als ersetzt erhalten."),
		fits: open(planning.Done, planning.DoneLate),
		do:   startSlot,
	}, {
		Name: "miss", Head: text.New("Record the slot as missed", "Termin für versäumt erklären"), Button: text.New("Record as missed", "Für versäumt erklären"),
		Then: text.New("The slot counts as missed from now on, in the ledger, too. A finding is opened that names this reason. That it was missed stays on record, even if it is done after all.",
			"Der Termin gilt ab jetzt als versäumt, auch in der Terminbilanz. Es entsteht ein Befund, der diesen Grund nennt. Dass der Termin versäumt war, bleibt vermerkt, auch wenn er nachgeholt wird."),
		fits: open(planning.Due),
		do: func(v *visit, d doing) (string, error) {
			_, err := v.api.Miss(v.once(), d.About, d.Reason)
			return d.Back, err
		},
	}, {
		Name: "waive", Head: text.New("Propose to waive the slot", "Aussetzung des Termins vorschlagen"), Button: text.New("Propose the waiver", "Aussetzung vorschlagen"),
		Then: text.New("An approver decides, who isn't the owner. Until then the slot stays as it is. Once it is waived, it shall not be done, and the reason stands in the plan.",
			"Darüber entscheidet eine freigabeberechtigte Person, die nicht selbst verantwortlich ist. Bis dahin bleibt der Termin, wie er ist. Danach ist er ausgesetzt, und der Grund steht im Plan."),
		fits: open(planning.Planned, planning.Due, planning.Missed),
		do:   proposeWaiver,
	}, {
		Name: "pause", Interval: true, Head: text.New("Pause the interval", "Intervall pausieren"), Button: text.New("Pause", "Pausieren"),
		Then: text.New("Nothing of this interval starts by itself until it is resumed. Its slots fall due all the same.",
			"Bis zur Fortsetzung startet aus diesem Intervall nichts von selbst. Die Termine werden trotzdem fällig."),
		fits: func(s planning.Story) bool { return s.Paused == nil },
		do: func(v *visit, d doing) (string, error) {
			_, err := v.api.Pause(v.once(), d.About, d.Reason)
			return d.Back, err
		},
	}, {
		Name: "resume", Interval: true, Head: text.New("Resume the interval", "Intervall fortsetzen"), Button: text.New("Resume", "Fortsetzen"),
		Then: text.New("Slots start by themselves again. What fell due meanwhile is caught up by the interval's own rule.",
			"Termine starten wieder von selbst. Was inzwischen fällig wurde, wird nach der Regel des Intervalls nachgeholt."),
		fits: func(s planning.Story) bool { return s.Paused != nil },
		do: func(v *visit, d doing) (string, error) {
			_, err := v.api.Resume(v.once(), d.About, d.Reason)
			return d.Back, err
		},
	}, {
		Name: "backfill", Interval: true, Dates: true, Head: text.New("Catch up slots of the past", "Frühere Termine nachholen"), Button: text.New("Catch up", "Nachholen"),
		Then: text.New("Slots that were missed, or wait for a person, become due again where their periods lie between these dates, and start by themselves. Their runs count as yours: somebody else approves them.",
			"Versäumte und auf eine Person wartende Termine werden wieder fällig, soweit ihre Perioden zwischen diesen Daten liegen, und starten von selbst. Die Läufe gelten als selbst gestartet: Andere geben sie frei."),
		fits: open(planning.Due, planning.Missed),
		do: func(v *visit, d doing) (string, error) {
			_, err := v.api.Backfill(v.once(), d.About, d.From, d.To, d.Reason)
			return d.Back, err
		},
	}}
}

// deedNamed is the deed that the address names, with what it is done to.
func (v *visit) deedNamed() (doing, error) {
	interval := v.param("interval")
	i := slices.IndexFunc(deeds(), func(d deed) bool {
		return d.Name == v.param("deed")+v.param("change") && d.Interval == (interval != "")
	})
	if i < 0 {
		return doing{}, fault.New(fault.NotFound, nowhere())
	}
	d := doing{deed: deeds()[i], About: interval, Back: "/plan"}
	key := v.slotKey()
	if d.Interval {
		named, _, err := run.ParseID(v.r.FormValue("slot"))
		if err != nil {
			d.Path = v.r.URL.EscapedPath()
			return d, nil //nolint:nilerr // the slot is where one came from, and may be missing
		}
		key = named
	}
	story, err := v.api.Slot(v.r.Context(), key.ID(1))
	if err != nil {
		return doing{}, err
	}
	slot := viewOf(story.Slot)
	d.Slot, d.Back, d.Path = &slot, slot.Path(), d.at(story)
	if !d.Interval {
		d.About, d.Unfit = story.Key.ID(1), !d.fits(story)
	}
	if d.Dates {
		if p := periodDates(story.Period); p != [2]string{} {
			d.From, d.To = p[0], p[1]
		}
	}
	return d, nil
}

func askDeed(v *visit) error {
	d, err := v.deedNamed()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "plan-deed", d.Head, d)
}

func doDeed(v *visit) error {
	d, err := v.deedNamed()
	if err != nil {
		return err
	}
	d.Reason, d.From, d.To = v.form("reason"), v.form("from"), v.form("to")
	if d.Reason == "" && !d.Optional {
		return v.notDone(d, missing("reason", text.New("The reason is missing. Say in words why: an auditor asks.", "Der Grund fehlt. In Worten angeben, warum: Auditierende fragen danach.").In(v.lang)))
	}
	to, err := d.do(v, d)
	if err != nil {
		return v.notDone(d, err)
	}
	return v.to(to)
}

// notDone shows the page again, with why and with what was typed.
func (v *visit) notDone(d doing, err error) error {
	if !errors.As(err, &d.Wrong) || d.Wrong.Status >= http.StatusInternalServerError {
		return err
	}
	return v.show(d.Wrong.Status, "plan-deed", d.Head, d)
}

func startSlot(v *visit, d doing) (string, error) {
	s, err := v.api.StartSlot(v.once(), d.About, d.Name == "again", d.Reason)
	return "/runs/" + s.ID, err
}

// proposeWaiver declares a waiver of one slot, which begins the run that decides
// on it.
func proposeWaiver(v *visit, d doing) (string, error) {
	doc, err := json.Marshal(resource.Resource[planning.WaiverSpec]{APIVersion: resource.APIVersion, Kind: resource.Waiver,
		Metadata: resource.Metadata{Name: waiverName(d.Slot.Key, v.form("once"))},
		Spec:     planning.WaiverSpec{Process: d.Slot.Process, Scope: d.Slot.Scope, Periods: []string{d.Slot.Period}, Reason: d.Reason}})
	if err != nil {
		return "", err
	}
	all, err := v.api.Apply(v.once(), doc, false)
	if err != nil || len(all) == 0 || all[0].Run == "" {
		return d.Back, err
	}
	return "/runs/" + all[0].Run, nil
}

// waiverName names a waiver after the slot that it is of, and after the form:
// one that was turned down isn't in the way of another.
func waiverName(k run.Key, once string) string {
	const most = 63
	end := "-" + strings.ToLower(once[:min(len(once), 8)])
	name := strings.ToLower(k.Scope + "-" + k.Period)
	return strings.TrimRight(name[:min(len(name), most-len(end))], "-") + end
}
