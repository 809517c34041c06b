package drill

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/drill"
	"turnus/itsm/text"
	"turnus/report"
)

// A set comes from the store as JSON; the document of what was read back is the
// same, hash by hash.
func TestTheSameDocumentFromTheStore(t *testing.T) {
	for name, f := range cases() {
		b, err := json.Marshal(f)
		require.NoError(t, err)
		var stored drill.Frozen
		require.NoError(t, json.Unmarshal(b, &stored))
		first, _, err := report.Hash(drafted(t, f))
		require.NoError(t, err)
		second, _, err := report.Hash(drafted(t, stored))
		require.NoError(t, err)
		require.Equal(t, first, second, name)
	}
}

// What there is no document of is refused.
func TestRefused(t *testing.T) {
	for want, change := range map[string]func(*drill.Frozen){
		"isn't a run":        func(f *drill.Frozen) { f.Run = "drill" },
		"Nowhere":            func(f *drill.Frozen) { f.Zone = "Nowhere" },
		`no stage "perhaps"`: func(f *drill.Frozen) { f.Stage = "perhaps" },
	} {
		f := planned()
		change(&f)
		_, err := Draft(f)
		require.ErrorContains(t, err, want)
	}
}

// What people typed stands in the document as it is, and can be markup to
// nobody.
func TestWhatPeopleTyped(t *testing.T) {
	f := missed()
	f.Plan.Spec.Steps[5].Title, f.Happened.Abort = "100% <b>restored</b> %s", &drill.Abort{Reason: "%d of %!", When: in(200), At: in(201), By: "carla"}
	got := page(t, drafted(t, f), text.En)
	require.Contains(t, got, "100% &lt;b&gt;restored&lt;/b&gt; %s")
	require.NotContains(t, got, "<b>restored")
	require.Contains(t, got, "The drill was aborted: %d of %!")
}

// No number or address of a contact is published.
func TestNoNumbersOfContacts(t *testing.T) {
	for name, f := range cases() {
		for _, secret := range []string{"+49", "press@"} {
			require.NotContains(t, string(lines(drafted(t, f), text.En)), secret, name)
		}
	}
}

func section(t *testing.T, d report.Document, title string) report.Section {
	t.Helper()
	for _, s := range d.Sections {
		if s.Title.En == title {
			return s
		}
	}
	require.Fail(t, "no section "+title)
	return report.Section{}
}

// moved is a drill of so long that passed, begun at a local time of Berlin.
func moved(t *testing.T, local string) drill.Frozen {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	begun, err := time.ParseInLocation(time.DateTime, local, zone)
	require.NoError(t, err)
	f := passed()
	by := begun.Sub(ten)
	move := func(all ...*time.Time) {
		for _, x := range all {
			if x != nil {
				*x = x.Add(by)
			}
		}
	}
	h := f.Happened
	move(&h.Begun.Disruption, &h.Begun.At, &h.Normal.When, &h.Normal.At, h.Evaluation.Snapshot, h.Evaluation.Backup)
	for _, steps := range [][]drill.Tracked{h.Steps, h.Return} {
		for i := range steps {
			move(steps[i].Opened, steps[i].Ended, steps[i].Entered)
		}
	}
	for i := range h.Timeline {
		move(&h.Timeline[i].When, &h.Timeline[i].At)
	}
	return evaluated(f)
}

// A drill over midnight, or over a clock change, takes as long as it took: what
// its clocks showed makes no difference to any figure or duration, and instants
// are written as the clocks had them.
func TestClocks(t *testing.T) {
	want := drafted(t, passed())
	lengths := func(d report.Document) (all []int64) {
		for _, s := range d.Sections {
			for _, x := range s.Tables {
				for _, r := range x.Rows {
					for _, c := range r {
						if c.Seconds != nil {
							all = append(all, *c.Seconds)
						}
					}
				}
			}
		}
		return all
	}
	for begun, confirmed := range map[string]string{
		"2026-10-05 22:30:00": "6 October 2026, 01:15\u00a0CEST",
		"2026-10-25 01:30:00": "25 October 2026, 03:15\u00a0CET", // 02:00 to 03:00 came twice
		"2027-03-28 00:30:00": "28 March 2027, 04:15\u00a0CEST",  // and here not at all
	} {
		d := drafted(t, moved(t, begun))
		require.Equal(t, want.Figures, d.Figures, begun)
		require.Equal(t, lengths(want), lengths(d), begun)
		require.Contains(t, string(lines(d, text.En)), "confirmed by the business on "+confirmed, begun)
	}
}

// Over a clock change the axis names an hour twice, or not at all, and both sides
// are told apart where it counts.
func TestAmbiguousHour(t *testing.T) {
	f := moved(t, "2026-10-25 01:30:00")
	got := string(lines(drafted(t, f), text.De))
	require.Contains(t, got, "Restore the database | 25.10.2026, 02:34\u00a0Uhr\u00a0MESZ | 25.10.2026, 02:36\u00a0Uhr\u00a0MEZ", "that took 62 min")
	require.Contains(t, page(t, drafted(t, f), text.De), "02:00")
}

// The verdict of an objective is that of its figure: what failed is missed, even
// where no value is known, what is incomplete or estimated neither.
func TestVerdictsOfFigures(t *testing.T) {
	figure := func(f drill.Frozen, name string) *report.Figure {
		for _, x := range drafted(t, f).Figures {
			if x.Name == name {
				require.Equal(t, report.Group{Kind: report.OfPlan, Name: "payments-site-loss"}, x.Group)
				require.Regexp(t, `^continuity\.[a-z-]+/1$`, x.Formula)
				return &x
			}
		}
		return nil
	}
	require.Equal(t, report.Met, figure(passed(), "rta").Verdict)
	require.Equal(t, report.Missed, figure(missed(), "rta").Verdict)
	require.Len(t, report.Misses(drafted(t, missed()).Figures), 1)

	never := passed()
	never.Happened.Timeline = append(never.Happened.Timeline[:5:5], event(continuity.Ended, 250, 251, "carla", ""))
	never = evaluated(never)
	rta := figure(never, "rta")
	require.Nil(t, rta.Value)
	require.Equal(t, report.Missed, rta.Verdict, "it ended later than RTO without confirmation")
	require.Equal(t, "10800", rta.Target)
	require.Contains(t, rta.InWords().De, "Notbetriebsniveau nie bestätigt")

	require.Nil(t, figure(aborted(), "rta").Value)
	require.Equal(t, report.NoData, figure(aborted(), "rta").Verdict, "it ended before RTO")
	require.Empty(t, report.Misses(drafted(t, aborted()).Figures))

	require.Nil(t, figure(tabletop(), "rta"), "an estimate is no measured figure")
	require.Empty(t, figure(tabletop(), "rta-estimate").Verdict)
	require.Empty(t, report.Results(drafted(t, tabletop()).Figures))
	require.Equal(t, report.Missed, figure(callTree(), "contacts").Verdict)

	later := passed()
	later.Plan.Spec.Objectives.From = continuity.FromInvoked
	later = evaluated(later)
	require.Equal(t, "8100", *figure(later, "rta").Value)
	require.Equal(t, "9900", *figure(later, "rta-from-disruption").Value)
	require.Empty(t, figure(later, "rta-from-disruption").Target)
	require.Nil(t, figure(passed(), "rta-from-disruption"))
}

// Each finding is of what no figure shows, and its key the same in each drill of
// the plan.
func TestFindings(t *testing.T) {
	keys := func(f drill.Frozen) (all []string) {
		for _, x := range drafted(t, f).Findings {
			all = append(all, x.Key)
		}
		return all
	}
	require.Empty(t, keys(planned()))
	require.Empty(t, keys(passed()))
	require.Empty(t, keys(never()))
	require.Equal(t, []string{"payments-site-loss/data-damaged", "payments-site-loss/not-readable"}, keys(missed()))
	require.Equal(t, []string{"payments-site-loss/estimate-rto", "payments-site-loss/estimate-mbco_pct"}, keys(tabletop()))
	require.Equal(t, []string{"payments-site-loss/return-not-verified", "payments-site-loss/steps", "payments-site-loss/aborted"}, keys(aborted()))

	f := passed()
	f.Happened.Evaluation.Snapshot, f.Happened.Evaluation.Integrity = nil, drill.NotChecked
	require.Equal(t, []string{"payments-site-loss/incomplete-rpo", "payments-site-loss/data-not-checked"}, keys(evaluated(f)))
}

// Approvers see beforehand what becomes a finding: as many as figures miss, and
// as many as there are beside them.
func TestFindingsAreListed(t *testing.T) {
	for name, f := range cases() {
		d := drafted(t, f)
		if f.Stage != drill.ToReport {
			continue
		}
		rows := 0
		for _, x := range section(t, d, "What follows from the approval").Tables {
			rows += len(x.Rows)
		}
		require.Equal(t, len(d.Findings)+len(report.Misses(d.Figures)), rows, name)
	}
}

// A plan that was changed meanwhile is warned of before the drill and after it.
func TestPlanChangedMeanwhile(t *testing.T) {
	for _, f := range []drill.Frozen{planned(), passed()} {
		require.Empty(t, drafted(t, f).Notes)
		f.Newer = 5
		notes := drafted(t, f).Notes
		require.Len(t, notes, 1)
		require.Contains(t, notes[0].Text.En, "version 4")
		require.Contains(t, notes[0].Text.De, "Version 5")
		require.Contains(t, string(lines(drafted(t, f), text.De)), "Der Plan hat inzwischen Version 5; die Übung gilt Version 4.")
	}
}

// Of a re-test every objective that asks for less than in the drill that it
// repeats is warned of, in the plan and in the report.
func TestRelaxed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*continuity.Agreed)
		want   []string
	}{
		"longer":           {func(a *continuity.Agreed) { a.RTO = within(181) }, []string{"Relaxed since the drill that is repeated: Recovery time (RTO) is at most 3\u202fh 1\u202fmin today, and was at most 3\u202fh then."}},
		"shorter":          {func(a *continuity.Agreed) { a.RTO = within(179) }, nil},
		"the same":         {func(a *continuity.Agreed) {}, nil},
		"written anew":     {func(a *continuity.Agreed) { a.MBCO = exactly("60.00") }, nil},
		"less":             {func(a *continuity.Agreed) { a.MBCO = exactly("59.5") }, []string{"Relaxed since the drill that is repeated: Minimum level (MBCO) is at least 59.5\u202f% of the normal capacity today, and was at least 60\u202f% of the normal capacity then."}},
		"no longer agreed": {func(a *continuity.Agreed) { a.RPO = nil }, []string{"Relaxed since the drill that is repeated: Recovery point (RPO) is no longer agreed (then: at most 15\u202fmin)."}},
		"from the invocation": {func(a *continuity.Agreed) { a.From, a.RTO = continuity.FromInvoked, within(170) },
			[]string{"Relaxed since the drill that is repeated: Recovery time (RTO) is at most 2\u202fh 50\u202fmin today, and was at most 3\u202fh then, counted from the invocation of the plan instead of the disruption."}},
		"never judged": {func(a *continuity.Agreed) { a.MTPD = nil }, nil},
	} {
		f := retest()
		f.Plan.Spec.Objectives = f.Retests.Objectives
		c.change(&f.Plan.Spec.Objectives)
		var got []string
		for _, n := range drafted(t, f).Notes {
			require.Equal(t, report.Bad, n.Tone)
			got = append(got, n.Text.En)
		}
		require.Equal(t, c.want, got, name)
	}
	require.Equal(t, report.Bad, drafted(t, retested()).Notes[0].Tone)
}

// Steps stand behind all that they depend on, carried out by who substitutes for
// their owner.
func TestOrderOfSteps(t *testing.T) {
	d := drafted(t, planned())
	var got []string
	for _, r := range section(t, d, "Steps").Tables[0].Rows {
		got = append(got, r[1].Text.En+": "+r[2].Text.En)
	}
	require.Equal(t, []string{"Assess the damage: dora", "Decide on the invocation: dora", "Attach the replicated storage: anna", "Switch the network over: nils",
		"Restore the database: berta, in place of ben", "Start the payment service: sven"}, got)
}

// The longest chain goes around what isn't part of the drill.
func TestLongestChain(t *testing.T) {
	steps := payments().Spec.Steps
	require.EqualValues(t, 140*60, longest(steps))
	require.EqualValues(t, 80*60, longest(inDrill(steps, []string{"database"})))
	require.EqualValues(t, 70*60, longest(inDrill(steps, []string{"database", "storage"})))
	require.Zero(t, longest(nil))
	cycle := []continuity.Step{{Name: "a", After: []string{"b"}, Takes: 60}, {Name: "b", After: []string{"a"}, Takes: 60}}
	require.Len(t, inOrder(cycle), 2)
}

// Two hundred steps are drawn in parts that fit on pages, each with the marks.
func TestManySteps(t *testing.T) {
	f := passed()
	for i := range 200 {
		name := "s" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		f.Plan.Spec.Steps = append(f.Plan.Spec.Steps, continuity.Step{Name: name, Owner: "anna", Takes: 60})
		x := step(8+i, name, "anna", 1+i, 2+i, 2+i)
		f.Happened.Steps = append(f.Happened.Steps, x)
	}
	drawn := section(t, drafted(t, evaluated(f)), "Timeline").Timelines
	lanes := 0
	for _, x := range drawn {
		lanes += len(x.Lanes)
		require.LessOrEqual(t, len(x.Lanes), 40)
		require.Len(t, x.Marks, 11) // MTW lies too far behind to be drawn
	}
	require.Equal(t, 208, lanes)
}

// random gives any frozen set, also one that nobody could have answered.
func random(t *rapid.T) drill.Frozen {
	all := cases()
	names := []string{"plan", "plan-retest", "passed", "missed", "aborted", "tabletop", "call-tree", "retested", "never", "plan-invocation", "invocation", "invocation-aborted"}
	f := all[rapid.SampledFrom(names).Draw(t, "case")]
	drop := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, what) == 0 }
	f.Setup.Type = rapid.SampledFrom(continuity.Plannable()).Draw(t, "type")
	f.Stage = rapid.SampledFrom([]drill.Stage{drill.ToPlan, drill.ToReport}).Draw(t, "stage")
	f.Zone = rapid.SampledFrom([]string{"Europe/Berlin", "UTC", "Asia/Kathmandu"}).Draw(t, "zone")
	for _, x := range []**agreement.Duration{&f.Plan.Spec.Objectives.RTO, &f.Plan.Spec.Objectives.RPO, &f.Plan.Spec.Objectives.Decide} {
		if drop("objective") {
			*x = nil
		}
	}
	if drop("setup") {
		f.Setup = drill.Setup{Type: f.Setup.Type}
	}
	if f.Happened == nil {
		return f
	}
	h := f.Happened
	for i := range h.Steps {
		h.Steps[i].State = rapid.SampledFrom(append(drill.States(), "")).Draw(t, "state")
		if drop("opened") {
			h.Steps[i].Opened = nil
		}
		if drop("ended") {
			h.Steps[i].Ended = nil
		}
		h.Steps[i].Paused, h.Steps[i].Let = rapid.Int64Range(0, 1e5).Draw(t, "paused"), drop("let")
	}
	for i := range h.Timeline {
		h.Timeline[i].Corrected = h.Timeline[i].Corrected || drop("corrected")
		h.Timeline[i].When = h.Timeline[i].When.Add(time.Duration(rapid.Int64Range(-1e12, 1e13).Draw(t, "late")))
	}
	if drop("begun") {
		h.Begun = nil
	}
	if drop("evaluation") {
		h.Evaluation = nil
	}
	if drop("result") {
		h.Result = nil
	}
	if r := h.Result; r != nil {
		verdict := func(name string) continuity.Verdict {
			return rapid.SampledFrom([]continuity.Verdict{"", continuity.Pass, continuity.Fail, continuity.Incomplete, continuity.Estimated}).Draw(t, name)
		}
		r.Verdicts = continuity.Verdicts{RTO: verdict("rto"), RPO: verdict("rpo"), MBCO: verdict("mbco"), Contacts: verdict("contacts"), Decide: verdict("decide")}
		r.Integrity, r.Offsite, r.Back, r.Overall = verdict("integrity"), verdict("offsite"), verdict("back"), verdict("overall")
		if drop("rta") {
			r.RTA, r.RPA, r.Decided, r.Reached = nil, nil, nil, nil
		}
	}
	return f
}

// Any set gives a document that is complete in both languages and can be shown.
func TestRandomSetsRender(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drafted(t, random(t))
		complete(t, d)
		_, _, err := report.Hash(d)
		require.NoError(t, err)
	})
}

// What was corrected once the report had been read is said before any figure; it
// stands in the table of events beside what it corrects.
func TestCorrectedAfterTheReport(t *testing.T) {
	f := missed()
	require.NotContains(t, page(t, drafted(t, f), text.En), "were requested")
	for i, e := range f.Happened.Timeline {
		if e.Reason != "" {
			f.Happened.Timeline[i].Round = 3
		}
	}
	said, counts := in(-30), in(-20)
	f.Happened.Evaluation.Snapshot = &counts
	f.Happened.Timeline = append([]drill.Entry{{Event: continuity.Snapshot, When: said, At: in(300), By: "carla", Corrected: true},
		{Event: continuity.Snapshot, When: counts, At: in(5000), By: "carla", Reason: "The backup log says so.", Round: 3}}, f.Happened.Timeline...)
	was, late := *f.Happened.Steps[0].Ended, f.Happened.Steps[0].Ended.Add(90*time.Second)
	f.Happened.Steps[0].Ended = &late
	f.Happened.Steps[0].Corrections = []drill.Correction{{Was: was, When: late, Reason: "The log of the restore says so.", By: "carla", At: in(5100), Round: 3}}
	back := f.Happened.Return[1]
	f.Happened.Return[1].Ended = on(365)
	f.Happened.Return[1].Corrections = []drill.Correction{{Was: *back.Ended, When: in(365), Reason: "The log of the switch says so.", By: "carla", At: in(5200), Round: 3}}
	call := &f.Happened.Calls[3]
	is := drill.Reach{Reached: true, When: on(40), By: "phone +49 30 3456"}
	call.Caller, call.Entered, call.Corrections = "carla", on(60), []drill.CallCorrection{{Was: call.Reach, Is: is, Reason: "They called back.", By: "carla", At: in(5300), Round: 3}}
	call.Reach = is
	f.Plan.Spec.Contacts[3].By = []string{"phone +49 30 3456"}
	d := drafted(t, f)
	require.Equal(t, text.New("Corrected after changes to this report were requested: state of the restored data, minimum level confirmed by the business, end of step 1, end of step back 2, call of Press office. The tables of events, steps and calls have what was entered before, who corrected it and why.",
		"Berichtigt, nachdem Änderungen an diesem Bericht verlangt wurden: Stand der wiederhergestellten Daten, Wiederanlauf vom Fachbereich bestätigt, Ende von Schritt 1, Ende von Schritt 2 der Rückkehr, Alarmierung von Press office. Die Tabellen der Ereignisse, Schritte und Alarmierungen nennen den früheren Eintrag, die berichtigende Person und den Grund."),
		d.Notes[len(d.Notes)-1].Text)
	require.Equal(t, "state of the restored data, corrected", section(t, d, "Evaluation").Tables[0].Rows[0][0].Text.En)
	require.Contains(t, page(t, d, text.De), "Stand der wiederhergestellten Daten, berichtigt")
	for lang, corrected := range map[text.Lang][]string{text.En: {"no, corrected", "Corrected ends of steps", "Entered before", "Corrected calls", "not reached", ", phone<"}, text.De: {"nein, berichtigt", "Berichtigte Enden von Schritten", "Bisher eingetragen", "Berichtigte Alarmierungen", "nicht erreicht"}} {
		got := page(t, d, lang)
		for _, words := range append(corrected, "The log of the restore says so.", "The log of the switch says so.", "They called back.") {
			require.Contains(t, got, words)
		}
		require.Contains(t, got, "The clock in the meeting room is 2 min fast.")
	}
}
