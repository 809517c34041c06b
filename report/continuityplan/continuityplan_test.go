package continuityplan_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/continuity"
	"turnus/itsm/text"
	"turnus/report/continuityplan"
)

func duration(t *testing.T, s string) *agreement.Duration {
	d, err := agreement.ParseDuration(s)
	require.NoError(t, err)
	return &d
}

// export is two plans: one with all that a plan may have, one with the least.
func export(t *testing.T) continuityplan.Export {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	pct := func(s string) *agreement.Decimal { d := agreement.Decimal(s); return &d }
	at := time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	full := continuity.Plan{Service: "shop", Scenario: "The data centre burns.\nNobody gets in.", Invocation: "The manager on duty declares it.", Offsite: "Safe in the town hall", Business: "bea",
		Objectives: continuity.Agreed{RTO: duration(t, "PT3H"), From: continuity.FromInvoked, RPO: duration(t, "PT15M"), MBCO: pct("62.5"), MTPD: duration(t, "PT8H"), MTW: duration(t, "P3D"), WRT: duration(t, "PT2H"),
			Contacts: pct("90"), Decide: duration(t, "PT30M")},
		Dependencies: []continuity.Dependency{{Service: "net", RTO: duration(t, "PT1H"), From: continuity.FromDisruption}, {Service: "power"}},
		Backup:       &continuity.Backup{Every: 600, Takes: 120},
		Contacts: []continuity.Contact{{Name: "Bea Berg", Person: "bea", Role: "speaks for the business", By: []string{"phone +49 30 1234", "mobile +49 170 99"}, Within: duration(t, "PT10M"), From: continuity.Invoked},
			{Name: "Fire brigade", Role: "fire", By: []string{"112"}}},
		Steps: []continuity.Step{
			{Name: "start", Title: "Start the application", Owner: "olga", Takes: 1800, After: []string{"restore", "network"}, Marks: continuity.Technical},
			{Name: "restore", Title: "Restore the data", Owner: "otto", Takes: 3600, Text: "Take the newest copy.\nCompare its sums."},
			{Name: "network", Title: "Bring up the network", Owner: "otto", Takes: 600},
		},
		Return: []continuity.Step{{Name: "back", Title: "Move the data back", Owner: "olga", Takes: 7200}}}
	least := continuity.Plan{Service: "mail", Scenario: "fire", Invocation: "it burns", Offsite: "safe", Business: "bea", Objectives: continuity.Agreed{RTO: duration(t, "PT1H")},
		Steps: []continuity.Step{{Name: "a", Title: "A", Owner: "otto", Takes: 60}}, Return: []continuity.Step{{Name: "b", Title: "B", Owner: "otto", Takes: 60}}}
	people := map[string]text.Text{"bea": text.Same("Beate Berg"), "olga": text.New("Olga (desk)", "Olga (Leitstand)")}
	return continuityplan.Export{At: at, Zone: zone, Plans: []continuityplan.Plan{
		{Name: "shop-fire", Title: text.New("Fire in the shop", "Brand im Laden"), Version: 4, Hash: strings.Repeat("ab", 32), Since: at.AddDate(0, -3, 0), Service: text.Same("Web shop"), Spec: full, People: people},
		{Name: "mail-fire", Title: text.Same("mail-fire"), Version: 1, Hash: strings.Repeat("cd", 32), Since: at, Service: text.Same("mail"), Spec: least, People: people}}}
}

func written(t *testing.T, e continuityplan.Export, lang text.Lang) (page, paper string) {
	t.Helper()
	var a, b strings.Builder
	require.NoError(t, continuityplan.HTML(&a, e, lang))
	require.NoError(t, continuityplan.Text(&b, e, lang))
	return a.String(), b.String()
}

var tags = regexp.MustCompile(`<[^>]*>`)

// flat is what one reads, on one line.
func flat(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\u00a0' }), " ")
}

// Both formats have all that is needed where Turnus can't be reached, in both
// languages.
func TestBothFormatsSayTheSame(t *testing.T) {
	page, paper := written(t, export(t), text.De)
	read := flat(html.UnescapeString(tags.ReplaceAllString(page, " ")))
	for _, want := range []string{"Brand im Laden", "Web shop", "shop-fire", "4, in Kraft seit 01.04.2026, 12:00 Uhr MESZ", strings.Repeat("ab", 32), "01.07.2026, 12:00 Uhr MESZ",
		"The data centre burns.", "Nobody gets in.", "The manager on duty declares it.", "Safe in the town hall", "Beate Berg",
		"3\u202fh ab: Plan ausgelöst", "15\u202fmin", "62,5\u202f%", "8\u202fh", "72\u202fh", "2\u202fh", "90\u202f%", "30\u202fmin", "net: RTO 1\u202fh ab: Störung", "power: RTO unbekannt", "alle 10\u202fmin, wiederherstellbar nach 2\u202fmin",
		"Bea Berg (Beate Berg)", "speaks for the business", "phone +49 30 1234", "mobile +49 170 99", "10\u202fmin, gezählt ab: Plan ausgelöst", "Fire brigade", "112",
		"Start the application", "Olga (Leitstand)", "Schritt 1 und 2", "Wiederanlauf technisch erreicht", "Take the newest copy.", "Compare its sums.", "otto",
		"Rückkehr zum Normalbetrieb", "Move the data back", "Der Plan nennt keine Kontakte."} {
		require.Contains(t, read, want)
		require.Contains(t, flat(paper), want)
	}
	for _, all := range []string{read, flat(paper)} {
		order := []int{}
		for _, step := range []string{"Restore the data", "Bring up the network", "Start the application", "Move the data back"} {
			order = append(order, strings.Index(all, step))
		}
		require.IsIncreasing(t, order)
	}
	page, paper = written(t, export(t), text.En)
	for _, want := range []string{"Fire in the shop", "in force since 1 April 2026, 12:00 CEST", "3\u202fh from: plan invoked", "62.5\u202f%", "step 1 and 2", "Olga (desk)"} {
		require.Contains(t, flat(html.UnescapeString(page)), want)
		require.Contains(t, flat(paper), want)
	}
	require.Contains(t, page, `<html lang="en">`)
	for line := range strings.SplitSeq(paper, "\n") {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 78, line)
	}
}

// What people typed is shown, and never obeyed.
func TestNothingTypedIsObeyed(t *testing.T) {
	e := export(t)
	spec := &e.Plans[0].Spec
	spec.Scenario = "<script>alert(1)</script>\x1b[31m\u202eevil\r\nnext"
	spec.Contacts[0].By = []string{`"><img src=x onerror=y>`, "javascript:1\x07"}
	e.Plans[0].Title = text.Same("a\x00\nb</title><style>")
	page, paper := written(t, e, text.En)
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "<img")
	require.Contains(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;")
	require.Len(t, regexp.MustCompile(`<style`).FindAllString(page, -1), 1)
	require.NotRegexp(t, `(?i)\b(src|href)="?(https?:|//|javascript:)|@import|url\(`, page)
	for _, all := range []string{page, paper} {
		for _, r := range all {
			require.False(t, text.Control(r) && r != '\n', "%U", r)
		}
	}
	require.Contains(t, paper, "<script>alert(1)</script>[31mevil", "text has nothing to escape")
}
