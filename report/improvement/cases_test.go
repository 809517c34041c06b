package improvement

import (
	"strings"
	"time"

	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/resource"
	"turnus/itsm/text"
)

func at(day int, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, time.UTC) }

func date(month time.Month, day int) calendar.Date {
	return calendar.Date{Year: 2026, Month: month, Day: day}
}

func ptr(n int64) *int64 { return &n }

const days = 86400

var (
	addStaff = improvement.Action{Number: 1, Title: "Add a second person to the early shift", Owner: "anna", Due: date(11, 6),
		Measure: "Share of P1 tickets resolved in time", Figure: "sla-report/desk/p1-resolution.attainment", Sense: improvement.AtLeast, Target: "95", Wait: 30 * days}
	writeGuide = improvement.Action{Number: 2, Title: "Write the restart of the payment gateway down", Owner: "ben", Due: date(11, 13),
		Measure: "Restarts that took longer than 30 min", Sense: improvement.AtMost, Target: "0.5", Wait: 14 * days}
	watch = improvement.Action{Number: 3, Title: "Watch the queue of the gateway", Owner: "ben", Due: date(12, 18),
		Measure: "Share of P1 tickets resolved in time", Figure: "sla-report/desk/p1-resolution.attainment", Sense: improvement.AtLeast, Target: "95", Wait: 30 * days}
)

// missedTarget is a finding that was seen in two reports, after it had been
// closed before, and its first plan is to be approved.
func missedTarget() improvement.Frozen {
	title := text.New("Target p1-resolution missed", "Ziel p1-resolution verfehlt")
	source := func(period string, round int) improvement.Source {
		return improvement.Source{Kind: improvement.FromRun, Name: "sla-report/desk/" + period, Group: "desk-2026", Figure: "p1-resolution.attainment", Round: round}
	}
	return improvement.Frozen{
		Run: "improvement/12/2026-10-08", Round: 1, About: resource.Service.Ref("desk"), Zone: "Europe/Berlin", At: at(9, 12),
		Stage: improvement.ToPlan, Continues: true,
		Finding: improvement.Finding{ID: 12, Kind: "missed-target", Type: improvement.Nonconformity, State: improvement.Planned, Severity: improvement.Major,
			Service: "desk", About: resource.Service.Ref("desk"), Object: "run/sla-report/desk/2026-08", Title: title, Source: source("2026-08", 1), Seen: 2, Last: at(5, 7),
			Run: "improvement/12/2026-10-08", Relapse: 4, At: time.Date(2026, 9, 3, 8, 0, 0, 0, time.UTC)},
		Sightings: []improvement.Sighting{
			{Source: source("2026-08", 1), Title: title, At: time.Date(2026, 9, 3, 8, 0, 0, 0, time.UTC)},
			{Source: source("2026-09", 2), Title: title, At: at(5, 7)},
		},
		Correction: &improvement.Correction{Done: "The tickets that were late were resolved, and the customer was told.", Elsewhere: "Looked at the queues of all services: only the desk's.",
			File: strings.Repeat("c0", 32), By: "olga", At: at(8, 9)},
		Cycles: []improvement.Cycle{{Round: 1, By: "olga", At: at(9, 11), Plan: improvement.Plan{
			Whys:  []string{"P1 tickets waited for somebody in the morning.", "One person had the early shift.", "The shifts were planned before the service moved to 24x7."},
			Cause: "The staffing wasn't part of the change to 24x7.", Actions: []improvement.Action{addStaff, writeGuide},
			Changes: improvement.Changes{Plans: "Capacity plan, staffing of the desk", Risks: "Risk 7: absence in the early shift"}}}},
	}
}

// twoRounds is the record after a second plan, the first one's check having
// failed.
func twoRounds() improvement.Frozen {
	f := missedTarget()
	f.Stage, f.Continues, f.Round, f.At = improvement.ToClose, false, 4, time.Date(2027, 3, 2, 9, 30, 0, 0, time.UTC)
	f.Finding.State = improvement.Checking
	f.Cycles[0].Approved = &improvement.Approved{By: "marc", Hash: strings.Repeat("a1", 32), Comment: "Start with the shift.", At: at(12, 8)}
	f.Cycles[0].Actions = []improvement.Tracked{
		{Action: addStaff, ID: "12.1", Finding: 12, Round: 1, State: improvement.ActionIneffective, DueNow: date(11, 20),
			Moves: []improvement.Move{{To: date(11, 20), Reason: "The works council decides on 17 November.", By: "anna", At: at(30, 14)}},
			Done:  &improvement.Done{Evidence: "Shift plan of December, signed", Link: "https://wiki.example.org/shifts/2026-12", File: strings.Repeat("f1", 32), By: "anna", At: time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC)},
			Check: &improvement.Check{Measured: improvement.Measured{Value: "91.304348", Num: ptr(42), Den: ptr(46), Reports: []string{"sla-report/desk/2026-12"}, Chance: "0.4312"}, At: time.Date(2027, 1, 5, 7, 0, 0, 0, time.UTC)}},
		{Action: writeGuide, ID: "12.2", Finding: 12, Round: 1, State: improvement.ActionEffective, DueNow: date(11, 13),
			Done: &improvement.Done{Evidence: "Runbook, version 3", Link: "https://wiki.example.org/runbooks/gateway", By: "ben", At: time.Date(2026, 11, 12, 10, 0, 0, 0, time.UTC)},
			Check: &improvement.Check{Effective: true, Measured: improvement.Measured{Value: "0", Reached: true}, Comment: "Four restarts, the longest took 22 min.", File: strings.Repeat("e2", 32),
				By: "marc", At: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}},
	}
	f.Cycles = append(f.Cycles, improvement.Cycle{Round: 2, By: "olga", At: time.Date(2027, 1, 7, 10, 0, 0, 0, time.UTC),
		Plan:     improvement.Plan{Whys: []string{"Tickets came when the queue was full.", "Nobody saw that it filled."}, Cause: "The queue of the gateway isn't watched.", Actions: []improvement.Action{watch}},
		Approved: &improvement.Approved{By: "marc", Hash: strings.Repeat("b2", 32), At: time.Date(2027, 1, 8, 8, 0, 0, 0, time.UTC)},
		Actions: []improvement.Tracked{{Action: watch, ID: "12.3", Finding: 12, Round: 2, State: improvement.ActionEffective, DueNow: date(12, 18),
			Done: &improvement.Done{Evidence: "Alert of the queue, tested with 500 messages", By: "ben", At: time.Date(2027, 1, 11, 16, 0, 0, 0, time.UTC)},
			Check: &improvement.Check{Effective: true, Measured: improvement.Measured{Value: "98.000000", Num: ptr(49), Den: ptr(50), Reports: []string{"sla-report/desk/2027-02"}, Reached: true, Chance: "0.0123",
				Words: text.New("Fisher's exact test against December.", "Exakter Test nach Fisher, gegen Dezember.")},
				By: "nora", At: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)}}}})
	return f
}

// correctionOnly is a missed slot of the organisation that its correction closes.
func correctionOnly() improvement.Frozen {
	f := missedTarget()
	f.Run, f.Stage, f.Continues, f.About = "improvement/13/2026-10-08", improvement.ToCorrect, false, resource.Organisation.Ref("acme")
	f.Finding.ID, f.Finding.Kind, f.Finding.Service, f.Finding.About, f.Finding.Relapse, f.Finding.Severity = 13, "missed-slot", "", f.About, 0, improvement.Minor
	f.Finding.Title = text.New("Slot missed: policy review, 2026-09", "Termin versäumt: Überprüfung der Richtlinie, September 2026")
	f.Finding.Source = improvement.Source{Kind: improvement.FromSlot, Name: "policy-review/acme/2026-09"}
	f.Sightings = []improvement.Sighting{{Source: f.Finding.Source, Title: f.Finding.Title, At: f.Finding.At}}
	f.Finding.Seen = 1
	f.Correction = &improvement.Correction{Done: "The review was done a week later.", Elsewhere: "No other slot fell on that day.", By: "olga", At: at(8, 9)}
	f.Finding.Object = "slot/policy-review/acme/2026-09"
	f.Cycles = []improvement.Cycle{{Round: 1, By: "olga", At: at(9, 11), Plan: improvement.Plan{NoCause: "The whole site was shut on the day of the slot, once."}}}
	return f
}

// declinedOpportunity is an opportunity that isn't taken up.
func declinedOpportunity() improvement.Frozen {
	return improvement.Frozen{
		Run: "improvement/21/2026-10-08", Round: 1, About: resource.Service.Ref("desk"), Zone: "Europe/Berlin", At: at(9, 12), Stage: improvement.ToDecline,
		Finding: improvement.Finding{ID: 21, Kind: "reported", Type: improvement.Opportunity, State: improvement.Planned, Severity: improvement.Minor, Service: "desk",
			About: resource.Service.Ref("desk"), Object: "service/desk", Title: text.Same("Answer simple questions by a chat bot"), Detail: "About a third of the questions repeat.",
			Source: improvement.Source{Kind: improvement.FromPerson, Name: "anna"}, Seen: 1, Last: at(1, 9), Run: "improvement/21/2026-10-08", By: "anna", At: at(1, 9)},
		Sightings: []improvement.Sighting{{Source: improvement.Source{Kind: improvement.FromPerson, Name: "anna"}, Title: text.Same("Answer simple questions by a chat bot"), At: at(1, 9), By: "anna"}},
		Merit: &improvement.Merit{Benefit: "About 40 tickets a month fewer", Cost: "30 days of work, 900 EUR a month", Risk: "Wrong answers to customers",
			Fit: "None of this year's objectives", By: "olga", At: at(8, 9)},
		Refusal: &improvement.Refusal{Reason: "The benefit doesn't cover the cost. To be looked at again when the contract ends.", By: "olga", At: at(9, 10)},
	}
}

// cases are frozen sets of each stage.
func cases() map[string]improvement.Frozen {
	return map[string]improvement.Frozen{"plan": missedTarget(), "record": twoRounds(), "correction": correctionOnly(), "declined": declinedOpportunity()}
}
