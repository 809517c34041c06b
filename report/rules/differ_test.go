package rules_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"turnus/itsm/agreement"
	"turnus/itsm/calendar"
	"turnus/itsm/text"
	"turnus/report"
	"turnus/report/rules"
)

func spec[T any](t *testing.T, s string) *T {
	t.Helper()
	v := new(T)
	require.NoError(t, json.Unmarshal([]byte(s), v))
	return v
}

// lines are differences as they are read: item, before, now.
func lines(all []rules.Difference, l text.Lang) (lines []string) {
	cell := func(c report.Cell) string {
		switch {
		case c.Text != nil:
			return c.Text.In(l)
		case c.Seconds != nil:
			return agreement.Duration(*c.Seconds).String()
		}
		return c.Percent + " %"
	}
	for _, d := range all {
		lines = append(lines, d.Item.In(l)+": "+cell(d.Before)+" → "+cell(d.Now))
	}
	return lines
}

const before = `{"service":"desk","customer":"retail","valid":{"from":"2026-01-01"},"targets":[
	{"name":"p1","measure":"resolution","where":{"priority":["1"]},"within":"PT8H","calendar":"office","attain":95,"pause":["Waiting"],"weight":0.5},
	{"name":"gone","measure":"response","within":"PT1H","calendar":"24x7","attain":90}],
	"workload":[{"name":"tickets","per":"month","limit":9000}],
	"credits":{"fee":{"amount":"12000.00","currency":"EUR"},"tiers":[{"below":"95","credit":"5"}],"several":"sum"}}`

// Only what differs is said, field by field, in both languages.
func TestAgreementsSideBySide(t *testing.T) {
	old := spec[agreement.Spec](t, before)
	require.Empty(t, rules.OfAgreement(old, spec[agreement.Spec](t, before)))
	now := spec[agreement.Spec](t, `{"service":"desk","customer":"retail","consent":"C-7, § 3","valid":{"from":"2026-01-01","to":"2026-12-31"},"where":{"customer":["retail"]},"targets":[
		{"name":"p1","measure":"resolution","where":{"priority":["1","2"]},"within":"PT9H","calendar":"24x7","attain":92.5,"reopen":"wall","on_change":"restart"},
		{"name":"new","measure":"response","within":"PT2H","calendar":"24x7","attain":80}],
		"workload":[{"name":"tickets","per":"month","limit":8000,"voids":true}],
		"credits":{"fee":{"amount":"10000.00","currency":"EUR"},"tiers":[{"below":"92","credit":"5"}],"cap":"20","several":"highest"}}`)
	require.Equal(t, []string{
		"Zustimmung des Kunden: – → C-7, § 3",
		"Gilt für Tickets, eröffnet: ab 01.01.2026 → 01.01.2026–31.12.2026",
		"Welche Tickets: alle Tickets → customer: retail",
		"Ziel p1: welche Tickets: priority: 1 → priority: 1 oder 2",
		"Ziel p1: innerhalb von: PT8H → PT9H",
		"Ziel p1: zu erreichen: 95 % → 92.5 %",
		"Ziel p1: Servicezeiten: office → 24x7, durchgehend",
		"Ziel p1: SLA-Uhr pausiert: Waiting → nie",
		"Ziel p1: nach Wiedereröffnung: SLA-Uhr läuft weiter; die Zeit zwischen Abschluss und Wiedereröffnung zählt nicht → gezählt vom ersten Beginn bis zum letzten Abschluss",
		"Ziel p1: bei Zielwechsel: neues Ziel gilt von Anfang an, Pausen bleiben erhalten → SLA-Uhr beginnt mit der Änderung neu",
		"Ziel p1: Gewicht: 0,5 → –",
	}, lines(rules.OfAgreement(old, now), text.De)[:11])
	en := lines(rules.OfAgreement(old, now), text.En)
	for _, line := range []string{
		"Target p1: within: PT8H → PT9H",
		"Target new: within: – → PT2H",
		"Target gone: within: PT1H → –",
		"Workload limit: tickets a month: 9,000 → 8,000; tickets above it are left out of the targets",
		"Credits: monthly fee: 12,000.00\u00a0EUR → 10,000.00\u00a0EUR",
		"Credits: upper bound, of the fee: – → 20\u202f%",
		"Credits: several targets missed: the credits add up → the highest one counts",
		"Credits: tiers of p1: below 95\u202f%: 5\u202f% → below 92\u202f%: 5\u202f%",
	} {
		require.Contains(t, en, line)
	}
	require.Contains(t, lines(rules.OfAgreement(nil, now), text.En), "Target p1: within: – → PT9H")
}

// Of holidays it is said which come and which go.
func TestCalendarsSideBySide(t *testing.T) {
	old := spec[calendar.Declaration](t, `{"zone":"Europe/Berlin","hours":{"mon":["08:00-18:00"],"fri":["08:00-16:00"]},"holidays":{"region":"DE-BE","dates":["2026-12-24","2026-05-02"]},
		"special":[{"date":"2026-12-31","hours":["08:00-12:00"]}]}`)
	require.Empty(t, rules.OfCalendar(old, old))
	now := spec[calendar.Declaration](t, `{"zone":"Europe/Vienna","hours":{"mon":["07:00-18:00"],"sat":["09:00-12:00"],"fri":["08:00-16:00"]},"holidays":{"region":"DE-BY","dates":["2026-12-24","2026-05-04"]},
		"valid":{"from":"2026-05-01"}}`)
	require.Equal(t, []string{
		"Gilt für Perioden: mit Beginn nach der Änderung → mit Beginn ab 01.05.2026",
		"Zeitzone: Europe/Berlin → Europe/Vienna",
		"Servicezeiten, Mo: 08:00–18:00 → 07:00–18:00",
		"Servicezeiten, Sa: geschlossen → 09:00–12:00",
		"Gesetzliche Feiertage: in Berlin → in Bayern",
		"Weitere Feiertage: 02.05.2026 → 04.05.2026",
		"Sondertage: 31.12.2026 08:00–12:00 → keine",
	}, lines(rules.OfCalendar(old, now), text.De))
	require.Contains(t, lines(rules.OfCalendar(old, now), text.En), "Further holidays: 2 May 2026 → 4 May 2026")
}

func TestServicesSideBySide(t *testing.T) {
	old := spec[agreement.ServiceSpec](t, `{"owner":"olga","approvers":["max"],"calendar":"office"}`)
	require.Empty(t, rules.OfService(old, old))
	now := spec[agreement.ServiceSpec](t, `{"owner":"olga","approvers":["max","eva"],"calendar":"24x7","zone":"Europe/Berlin","valid":{"from":"2026-05-01"}}`)
	require.Equal(t, []string{
		"Counts for periods: that begin after it is declared → that begin on 1 May 2026 or later",
		"Calendar: office → 24x7, always open",
		"Time zone: – → Europe/Berlin",
		"Approvers: max → max, eva",
	}, lines(rules.OfService(old, now), text.En))
}
