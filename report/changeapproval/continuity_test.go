package changeapproval

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"turnus/itsm/continuity"
	"turnus/itsm/resource"
	"turnus/itsm/text"
	"turnus/report"
)

// continued is a second version of a plan, with replacements, beside the first.
func continued(t *testing.T, replaced ...string) continuity.Change {
	t.Helper()
	const spec = `{"service":"desk","scenario":"The region is gone.","invocation":"The owner.","offsite":"In the safe.","business":"bea",
		"objectives":{"rto":"PT3H","rto_from":"disruption","rpo":"PT1H","mbco_pct":"60","mtpd":"PT8H"},"backup":{"every":"PT45M","takes":"PT15M"},
		"dependencies":[{"service":"network","rto":"PT1H","rto_from":"disruption"}],
		"contacts":[{"name":"Ines Meier","role":"hosting","by":["phone +49 30 1234"]},{"name":"Jo Smith","role":"press","by":["phone +49 30 9"]}],
		"steps":[{"name":"restore","title":"Restore","owner":"uwe","takes":"PT1H"},{"name":"open","title":"Open","owner":"max","takes":"PT30M","after":["restore"],"marks":"mbco_technical"}],
		"return":[{"name":"back","title":"Go back","owner":"uwe","takes":"PT2H"}]}`
	raw := func(s string) resource.Raw {
		return resource.Raw{APIVersion: resource.APIVersion, Kind: resource.ContinuityPlan, Metadata: resource.Metadata{Name: "desk-region"}, Spec: json.RawMessage(s)}
	}
	before, now := raw(spec), spec
	for i := 0; i < len(replaced); i += 2 {
		require.Contains(t, now, replaced[i])
		now = strings.Replace(now, replaced[i], replaced[i+1], 1)
	}
	return continuity.Change{Run: "change-approval/continuityplan-desk-region/2026-10-05", Round: 1, About: resource.Service.Ref("desk"), Title: text.New("Service desk", "Servicedesk"),
		Zone: "Europe/Berlin", Document: raw(now), Hash: strings.Repeat("ab", 32), Base: 1, Before: &before, By: "olga", At: time.Date(2026, 10, 5, 7, 30, 0, 0, time.UTC)}
}

func rows(tab report.Table, l text.Lang) (all []string) {
	for _, row := range tab.Rows {
		var cells []string
		for _, c := range row {
			if c.Text != nil {
				cells = append(cells, c.Text.In(l))
			} else {
				cells = append(cells, fmt.Sprint(*c.Count))
			}
		}
		all = append(all, strings.Join(cells, " | "))
	}
	return all
}

// What is in doubt stands before anything else; what differs follows, and how
// contacts are reached nowhere.
func TestContinuityDocument(t *testing.T) {
	c := continued(t, `"rto":"PT3H"`, `"rto":"PT2H"`, `"every":"PT45M"`, `"every":"PT1H"`, `{"service":"network","rto":"PT1H","rto_from":"disruption"}`, `{"service":"power"}`,
		`+49 30 1234`, `+49 30 5678`, `,{"name":"Jo Smith","role":"press","by":["phone +49 30 9"]}`, ``, `"owner":"max","takes":"PT30M"`, `"owner":"max","takes":"PT90M"`,
		`"steps":[`, `"steps":[{"name":"check","title":"Check","owner":"max","takes":"PT5M","text":"By hand."},`)
	d := complete(t, func() (report.Document, error) { return DraftContinuity(c) })
	require.Equal(t, []report.Source{{Kind: "ContinuityPlan", Name: "desk-region", Version: "2", Hash: strings.Repeat("ab", 32)}}, d.Sources)
	require.Equal(t, text.New("Change of a continuity plan", "Änderung eines Notfallplans"), d.Title)
	require.Equal(t, []report.Note{
		{Text: text.New("No RTO is known of the service power, which has to be there first: whether it leaves enough of the RTO of 2\u202fh can't be told.",
			"Vom Service power, der zuerst verfügbar sein muss, ist kein RTO bekannt: Ob das RTO von 2\u202fh damit zu halten ist, lässt sich nicht sagen."), Tone: report.Neutral},
		{Text: text.New("The steps up to the minimum level are expected to take 2\u202fh 30\u202fmin, longer than the RTO of 2\u202fh: restore → open.",
			"Die Schritte bis zum Wiederanlauf dauern voraussichtlich 2\u202fh 30\u202fmin und damit länger als das RTO von 2\u202fh: restore → open."), Tone: report.Bad},
		{Text: text.New("A backup begins every 1\u202fh and takes 15\u202fmin: at worst the data that comes back is 1\u202fh 15\u202fmin old, more than the RPO of 1\u202fh.",
			"Alle 1\u202fh beginnt eine Sicherung, und sie dauert 15\u202fmin: Die Daten sind im ungünstigsten Fall 1\u202fh 15\u202fmin alt und damit älter, als das RPO von 1\u202fh zulässt."), Tone: report.Bad},
	}, d.Notes)
	require.EqualValues(t, 3, *d.Summary[0].Value.Count)
	require.Equal(t, report.Bad, d.Summary[0].Tone)
	require.Equal(t, []string{
		"RTO: bis zum bestätigten Wiederanlauf | 2\u202fh ab: Störung | 3\u202fh ab: Störung",
		"Datensicherung | alle 1\u202fh, Dauer 15\u202fmin | alle 45\u202fmin, Dauer 15\u202fmin",
		"Abhängigkeit power | RTO unbekannt | –",
		"Abhängigkeit network | – | RTO 1\u202fh ab: Störung",
		"Kontakt für: hosting | ein Weg, sie zu erreichen, anders erreichbar als bisher | ein Weg, sie zu erreichen",
		"Kontakt für: press | – | ein Weg, sie zu erreichen",
		"Schritt check | Check; max; 5\u202fmin; By hand. | –",
		"Schritt open | Open; max; 1\u202fh 30\u202fmin; nach restore; kennzeichnet: Wiederanlauf technisch erreicht | Open; max; 30\u202fmin; nach restore; kennzeichnet: Wiederanlauf technisch erreicht",
	}, rows(d.Sections[0].Tables[0], text.De))
	require.Equal(t, "RTO: to the confirmed minimum level | 2\u202fh from: disruption", rows(d.Sections[1].Tables[0], text.En)[0])
	require.Equal(t, []string{"1 | check | Check | max | 5\u202fmin | – | –", "2 | restore | Restore | uwe | 1\u202fh | – | –",
		"3 | open | Open | max | 1\u202fh 30\u202fmin | restore | Wiederanlauf technisch erreicht"}, rows(d.Sections[2].Tables[0], text.De))
	require.Equal(t, []string{"1 | back | Go back | uwe | 2\u202fh"}, rows(d.Sections[3].Tables[0], text.En))
	b, err := json.Marshal(d)
	require.NoError(t, err)
	for _, private := range []string{"+49", "Ines", "Smith"} {
		require.NotContains(t, string(b), private)
	}
}

// Of a new plan everything is said once; without doubts nothing stands before.
func TestDocumentOfANewContinuityPlan(t *testing.T) {
	c := continued(t)
	c.Before, c.Base = nil, 0
	d := complete(t, func() (report.Document, error) { return DraftContinuity(c) })
	require.Empty(t, d.Notes)
	require.Equal(t, report.Good, d.Summary[0].Tone)
	require.Equal(t, text.New("Continuity plan", "Notfallplan"), d.Title)
	require.Equal(t, []string{"Service | desk", "Scenario | The region is gone.", "Invocation | The owner.", "Where it is read otherwise | In the safe.", "Confirms for the business | bea",
		"Backup | every 45\u202fmin, takes 15\u202fmin", "Dependency network | RTO 1\u202fh from: disruption", "Contact for: hosting | one way to reach them", "Contact for: press | one way to reach them"},
		rows(d.Sections[0].Tables[0], text.En))
	require.Contains(t, rows(d.Sections[1].Tables[0], text.De), "MTW: bis zum Normalbetrieb | nicht vereinbart")
}

// Nothing but the order of calling may differ, and the display name.
func TestOrderInAContinuityPlan(t *testing.T) {
	c := continued(t, `{"name":"Ines Meier","role":"hosting","by":["phone +49 30 1234"]},{"name":"Jo Smith","role":"press","by":["phone +49 30 9"]}`,
		`{"name":"Jo Smith","role":"press","by":["phone +49 30 9"]},{"name":"Ines Meier","role":"hosting","by":["phone +49 30 1234"]}`)
	c.Document.Metadata.DisplayName = text.New("Region", "Region")
	d := complete(t, func() (report.Document, error) { return DraftContinuity(c) })
	require.Equal(t, []string{"Anzeigename | Region | desk-region", "Reihenfolge der Alarmierung | press, hosting | hosting, press"}, rows(d.Sections[0].Tables[0], text.De))
}
