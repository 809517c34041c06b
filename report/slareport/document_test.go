package slareport

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/sla"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/rules"
)

func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// document is the report on figures, with what they can bear.
func document(f sla.Frozen, r sla.Result) report.Document {
	d, err := Draft(f, r, nil)
	if err != nil {
		panic(err)
	}
	return d
}

func frozenMarch() sla.Frozen {
	spec := agreement.Spec{Service: "service-desk", Customer: "internal-users",
		Where: agreement.Where{"category": {"Category 26", "Category 53"}}}
	return sla.Frozen{
		Run: "sla-report/service-desk/2016-03", Round: 1, Service: "service-desk",
		Title: text.New("Service desk", "Service Desk"), Period: "2016-03",
		From: instant("2016-02-29T23:00:00Z"), To: instant("2016-03-31T22:00:00Z"), Zone: "Europe/Berlin", TZData: "2025c",
		Import: 7, AsOf: instant("2017-02-18T14:00:00Z"),
		Agreements: []sla.Agreement{{Name: "service-desk-2016", Title: text.New("Service desk 2016", "Service Desk 2016"), Version: 1,
			Hash: strings.Repeat("a1", 32), ValidFrom: instant("2015-12-31T23:00:00Z"), Spec: spec}},
		Calendars: []sla.CalendarUsed{{Name: "office", Version: 2, Hash: strings.Repeat("c3", 32), Spec: calendar.Spec{
			Zone: "Europe/Berlin",
			Hours: map[string][]string{"mon": {"08:00-18:00"}, "tue": {"08:00-18:00"}, "wed": {"08:00-18:00"},
				"thu": {"08:00-18:00"}, "fri": {"08:00-12:00", "13:00-16:00"}},
			Holidays: calendar.Holidays{Region: "DE-BE"},
			Special:  []calendar.Special{{Date: calendar.Date{Year: 2016, Month: 12, Day: 31}}},
		}}},
		Count: 9012, Hash: strings.Repeat("0d", 32), At: instant("2016-04-04T06:00:09Z"), RowsRead: 141712,
		Rejects: []sla.RejectsByCause{
			{Column: "incident_state", Reason: text.New("the state −100 has no meaning", "der Status −100 hat keine Bedeutung"), Rows: 5},
			{Column: "sys_updated_at", Reason: text.New("the change lies before the opening", "die Änderung liegt vor der Eröffnung"), Rows: 6},
		},
	}
}

func target(name string, m agreement.Measure, within agreement.Duration, cal, attain, priority string, pause ...string) agreement.Target {
	return agreement.Target{Name: name, Measure: m, Within: within, Calendar: cal, Attain: json.Number(attain),
		Where: agreement.Where{"priority": {priority}}, Pause: pause}
}

func resultMarch() sla.Result {
	return sla.Result{Opened: 8995, Unmatched: 3, Flagged: 2, Agreements: []sla.AgreementResult{{
		Name: "service-desk-2016", Title: text.New("Service desk 2016", "Service Desk 2016"), Customer: "internal-users", Versions: []int{1},
		Targets: []sla.TargetResult{
			{Target: target("p1-resolution", agreement.Resolution, 4*3600, "24x7", "95", "1 - Critical", "Awaiting User Info"),
				Counts: sla.Counts{Decided: 85, Met: 18, Breached: 67, Open: 12, OpenBreached: 12, Claims: 85, ClaimedMet: 1, Differ: 17}, Verdict: sla.Missed},
			{Target: target("p3-resolution", agreement.Resolution, 50*3600, "office", "85", "3 - Moderate", "Awaiting User Info", "Awaiting Vendor"),
				Counts: sla.Counts{Decided: 7615, Met: 6477, Breached: 1138, Open: 1420, OpenBreached: 402, Undecided: 1018, Reopened: 4, ReopenedBreached: 1,
					Claims: 7600, ClaimedMet: 3501, Differ: 2982}, Verdict: sla.Met},
			{Target: target("p4-resolution", agreement.Resolution, 60*3600, "office", "99.9", "4 - Low"),
				Counts: sla.Counts{Decided: 9600, Met: 9590, Breached: 10, Claims: 0}, Verdict: sla.Missed},
			{Target: target("p5-response", agreement.Response, 1800, "24x7", "90", "5 - Planning"), Verdict: sla.NoData},
		},
		Workload: []sla.WorkloadResult{
			{Limit: agreement.WorkloadLimit{Name: "tickets", Per: "month", Limit: 9000}, Actual: 8995, Verdict: sla.Met},
			{Limit: agreement.WorkloadLimit{Name: "unlimited", Per: "month"}, Actual: 8995, Verdict: sla.NoData},
		},
	}}}
}

func figure(t *testing.T, d report.Document, name string) report.Figure {
	t.Helper()
	for _, f := range d.Figures {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no figure %s", name)
	return report.Figure{}
}

func TestFigures(t *testing.T) {
	d := document(frozenMarch(), resultMarch())
	null := "null"
	for _, c := range []struct {
		name, value, num, den string
		n                     int64
	}{
		{"p1-resolution.attainment", "21.176471", "18", "85", 85},
		{"p3-resolution.attainment", "85.055811", "6477", "7615", 7615},
		{"p4-resolution.attainment", "99.895833", "9590", "9600", 9600},
		{"p5-response.attainment", null, "0", "0", 0},
		{"p3-resolution.met", "6477", "6477", "7615", 7615},
		{"p3-resolution.breached", "1138", "1138", "7615", 7615},
		{"p3-resolution.open", "1420", "1420", null, 1420},
		{"p3-resolution.open-breached", "402", "402", "1420", 1420},
		{"p3-resolution.undecided", "1018", "1018", "1420", 1420},
		{"p3-resolution.claimed-met", "3501", "3501", "7600", 7600},
		{"p3-resolution.differ", "2982", "2982", "7600", 7600},
		{"p3-resolution.reopened", "4", "4", null, 4},
		{"p3-resolution.reopened-breached", "1", "1", "4", 4},
		{"p4-resolution.claimed-met", null, "0", "0", 0},
		{"p5-response.met", "0", "0", "0", 0},
		{"workload.tickets", "8995", "8995", "9000", 8995},
		{"workload.unlimited", "8995", "8995", null, 8995},
	} {
		f := figure(t, d, c.name)
		show := func(n *int64) string {
			if n == nil {
				return null
			}
			return fmt.Sprint(*n)
		}
		value := null
		if f.Value != nil {
			value = *f.Value
		}
		require.Equal(t, []string{c.value, c.num, c.den, fmt.Sprint(c.n)},
			[]string{value, show(f.Numerator), show(f.Denominator), fmt.Sprint(f.N)}, c.name)
		require.Equal(t, "service-desk-2016", f.Group.Name)
		require.Regexp(t, `^sla\.[a-z-]+/1$`, f.Formula)
	}
	require.Len(t, d.Figures, 4*17+2)
	missed := figure(t, d, "p4-resolution.attainment")
	require.Equal(t, report.Missed, missed.Verdict)
	require.Equal(t, "99.9", missed.Target)
	require.Equal(t, report.NoData, figure(t, d, "workload.unlimited").Verdict)
	seen := map[string]bool{}
	for _, f := range d.Figures {
		require.False(t, seen[f.Group.Name+" "+f.Name], f.Name)
		seen[f.Group.Name+" "+f.Name] = true
	}
}

// Every table is rectangular, every text exists in both languages, and no
// format has lost an argument.
func TestDocumentIsComplete(t *testing.T) {
	for name, d := range documents() {
		t.Run(name, func(t *testing.T) {
			walk(t, reflect.ValueOf(d), name)
			for _, s := range d.Sections {
				require.False(t, s.Title.IsZero())
				for _, tab := range s.Tables {
					for _, row := range tab.Rows {
						require.Len(t, row, len(tab.Columns), s.Title.En)
						for _, c := range row {
							require.NotEqual(t, report.Cell{}, c, "%s: %v", s.Title.En, row)
						}
					}
				}
			}
		})
	}
}

func walk(t *testing.T, v reflect.Value, path string) {
	if v.Type() == reflect.TypeFor[text.Text]() {
		x := v.Interface().(text.Text)
		if (x.En == "") != (x.De == "") {
			t.Errorf("%s: only one language: %+v", path, x)
		}
		if strings.Contains(x.En+x.De, "%!") {
			t.Errorf("%s: broken format: %+v", path, x)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(t, v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				walk(t, v.Field(i), path+"."+f.Name)
			}
		}
	}
}

// documents are the cases that a report may have to say.
func documents() map[string]report.Document {
	f, r := frozenMarch(), resultMarch()
	provisional := f
	provisional.Provisional, provisional.Reason = true, text.New("the period isn’t over before 1 April 2016", "die Periode endet erst am 31.03.2016")
	silent := provisional
	silent.Reason = text.Text{}
	many, all := manyCustomers()
	empty := sla.Frozen{Run: "sla-report/new/2016-03", Service: "new", Period: "2016-03", From: f.From, To: f.To, Zone: "UTC", TZData: "2025c", At: f.At}
	versions := resultMarch()
	versions.Agreements[0].Versions = []int{1, 3}
	return map[string]report.Document{
		"march": document(f, r), "provisional": document(provisional, r), "no reason": document(silent, r),
		"deep": document(deepMarch()), "deep and provisional": document(deepProvisional()), "many": document(many, all), "empty": document(empty, sla.Result{}), "versions": document(f, versions),
	}
}

func manyCustomers() (sla.Frozen, sla.Result) {
	f, r := frozenMarch(), sla.Result{Opened: 27512}
	f.Agreements = nil
	for i, c := range []string{"retail", "wholesale", "logistics-and-warehousing-international"} {
		name := "desk-" + c
		title := text.F("Service desk for %s", "Service Desk für %s", c)
		f.Agreements = append(f.Agreements, sla.Agreement{Name: name, Title: title, Version: 1, Hash: strings.Repeat(fmt.Sprint(i), 64),
			Spec: agreement.Spec{Customer: c, Where: agreement.Where{"customer": {c}}}})
		a := sla.AgreementResult{Name: name, Title: title, Customer: c, Versions: []int{1},
			Workload: []sla.WorkloadResult{{Limit: agreement.WorkloadLimit{Name: "tickets", Limit: 9000}, Actual: 8800 + int64(i)*200,
				Verdict: []sla.Verdict{sla.Met, sla.Met, sla.Missed}[i]}}}
		for p := range int64(4) {
			tr := sla.TargetResult{Target: target(fmt.Sprintf("p%d-resolution", p+1), agreement.Resolution, agreement.Duration((p+1)*5*3600+900*p), "office", "90", fmt.Sprint(p+1)),
				Counts:  sla.Counts{Decided: 1000 * (p + 1), Met: 880*(p+1) + int64(i)*40, Open: 31, OpenBreached: 5, Undecided: 26, Claims: 1000 * (p + 1), ClaimedMet: 700 * (p + 1), Differ: 123},
				Verdict: sla.Missed}
			tr.Breached = tr.Decided - tr.Met
			if tr.Met*10 >= tr.Decided*9 {
				tr.Verdict = sla.Met
			}
			a.Targets = append(a.Targets, tr)
		}
		r.Agreements = append(r.Agreements, a)
	}
	return f, r
}

// The same inputs give the same hash, and the stored bytes give the document
// back.
func TestHash(t *testing.T) {
	for name, d := range documents() {
		h, b, err := report.Hash(d)
		require.NoError(t, err, name)
		again, _, err := report.Hash(documents()[name])
		require.NoError(t, err)
		require.Equal(t, h, again, name)
		back, err := report.Decode(b)
		require.NoError(t, err)
		h2, b2, err := report.Hash(back)
		require.NoError(t, err)
		require.Equal(t, h, h2, name)
		require.Equal(t, string(b), string(b2), name)
	}
	a, b := frozenMarch(), frozenMarch()
	b.Count++
	ha, _, _ := report.Hash(document(a, resultMarch()))
	hb, _, _ := report.Hash(document(b, resultMarch()))
	require.NotEqual(t, ha, hb)
}

func TestSummary(t *testing.T) {
	tiles := document(frozenMarch(), resultMarch()).Summary
	require.Equal(t, text.New("1 of 4", "1 von 4"), *tiles[0].Value.Text)
	require.Equal(t, text.New("2 missed; 1 without a decided ticket; tickets open and beyond the agreed time: 414",
		"2 verfehlt; 1 ohne gewertetes Ticket; offene Tickets über der Zielzeit: 414"), tiles[0].Note)
	require.Equal(t, report.Bad, tiles[0].Tone)
	require.Equal(t, int64(85+7615+9600), *tiles[1].Value.Count)
	require.Equal(t, text.New("within the limit of 9,000", "innerhalb der Mengengrenze von 9.000"), tiles[4].Note)

	part := resultMarch()
	part.Opened = 12000 // tickets of others too
	require.Equal(t, text.New("workload limits kept: 1 of 1", "Mengengrenzen eingehalten: 1 von 1"), document(frozenMarch(), part).Summary[4].Note)

	// Both targets that had decided tickets are met, and breached ones are open
	// under the others: that isn't good news.
	green := resultMarch()
	ts := green.Agreements[0].Targets[:2]
	ts[0].Counts, ts[0].Verdict = sla.Counts{Open: 12, OpenBreached: 12}, sla.NoData
	ts[1].Counts = sla.Counts{Decided: 3, Met: 3}
	green.Agreements[0].Targets = ts
	tile := document(frozenMarch(), green).Summary[0]
	require.Equal(t, []any{"1 of 2", "0 missed; 1 without a decided ticket; tickets open and beyond the agreed time: 12", report.Neutral},
		[]any{tile.Value.Text.En, tile.Note.En, tile.Tone})
	ts[1].Counts, ts[1].Verdict = sla.Counts{OpenBreached: 1, Open: 1}, sla.NoData
	tile = document(frozenMarch(), green).Summary[0]
	require.Equal(t, []any{"n/a", "kein Ticket gewertet; offen und über der Zielzeit: 13", report.Bad}, []any{tile.Value.Text.En, tile.Note.De, tile.Tone})

	none := document(sla.Frozen{Period: "2016-03", Zone: "UTC"}, sla.Result{}).Summary
	require.Equal(t, report.NotApplicable(), *none[0].Value.Text)
	require.Equal(t, report.Neutral, none[0].Tone)
}

// Where all imports are withdrawn there is a newest one, and nothing that was
// read.
func TestBasisWithoutAnyImportLeft(t *testing.T) {
	items := func(f sla.Frozen) (all []string) {
		for _, x := range document(f, sla.Result{}).Sections {
			for _, table := range x.Tables {
				all = append(all, rowsOf(table)...)
			}
		}
		return all
	}
	f := frozenMarch()
	require.Contains(t, strings.Join(items(f), "\n"), "Source read up to")
	f.AsOf = time.Time{}
	got := strings.Join(items(f), "\n")
	require.Contains(t, got, "Data as of import | 7")
	require.NotContains(t, got, "Source read up to")
}

func TestNotice(t *testing.T) {
	d := documents()["provisional"]
	require.True(t, d.Provisional)
	require.Contains(t, d.Notice.En, "Provisional: the period isn’t over before 1 April 2016.")
	require.Contains(t, d.Notice.De, "Vorläufig: Die Periode endet erst am 31.03.2016.")
	require.True(t, documents()["march"].Notice.IsZero())
	require.NotContains(t, documents()["no reason"].Notice.De, ": .")
}

func TestHours(t *testing.T) {
	f := frozenMarch()
	require.Equal(t, text.New("Mon–Thu 08:00–18:00; Fri 08:00–12:00, 13:00–16:00", "Mo–Do 08:00–18:00; Fr 08:00–12:00, 13:00–16:00"), rules.WeeklyHours(f.Calendars[0].Spec.Hours))
	require.Equal(t, text.New("never open", "keine Servicezeit"), rules.WeeklyHours(nil))
	require.Equal(t, text.New("31 December 2016 closed", "31.12.2016 geschlossen"), rules.SpecialDays(f.Calendars[0].Spec.Special))
	require.Equal(t, "category: Category 26 oder Category 53; priority: 4 - Low", rules.AppliesTo(f.Agreements[0].Spec.Where, agreement.Where{"priority": {"4 - Low"}}).De)
}

// The German words are those that service managers have: what a word of the
// first release was changed to doesn't come back.
func TestGermanWords(t *testing.T) {
	for name, d := range documents() {
		require.Equal(t, Wording, d.Wording)
		_, doc, err := report.Hash(d)
		require.NoError(t, err)
		for _, old := range []string{"entschieden", "unentschieden", "Gesamtnote", "Auslastung", "Last:", "eingefroren", "menschlich", "abgelehnte", "Doppel",
			"anwendbar", "angepasst", "Intervall\"", " die Uhr", "laut Quelle", "nächsten Rang", "kostet nichts", "DE-BE"} {
			require.NotContains(t, germanOf(t, doc), old, name)
		}
	}
}

// germanOf is all German of a document.
func germanOf(t *testing.T, doc []byte) string {
	t.Helper()
	var all any
	require.NoError(t, json.Unmarshal(doc, &all))
	var said strings.Builder
	var read func(any)
	read = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			if de, ok := x["de"].(string); ok {
				fmt.Fprintf(&said, "%q\n", de)
			}
			for _, m := range x {
				read(m)
			}
		case []any:
			for _, m := range x {
				read(m)
			}
		}
	}
	read(all)
	return said.String()
}
