package availabilityreview

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"turnus/itsm/availability"
	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/calendar"
	"turnus/itsm/improvement"
	"turnus/itsm/slo"
	"turnus/itsm/text"
	"turnus/report"
)

// maxOutages is how many outages of a period are findings of their own, the
// longest ones: nobody investigates more one by one, and receipts have them all.
const maxOutages = 60

// Findings are what the owner of the service is asked about before the report is
// drafted: each missed target and objective, and each unplanned outage that began
// in the period or isn't over.
func Findings(f avail.Frozen, r avail.Result) []report.Finding {
	var all []report.Finding
	eachTarget(r, func(a avail.AgreementResult, t avail.TargetResult) {
		if t.Verdict != availability.Missed || t.Sum.Availability == nil {
			return
		}
		figure := t.Target.Name + "." + availabilityName
		all = append(all, report.Finding{Key: report.Figure{Group: report.Under(a.Name), Name: figure}.Key(), Figure: figure,
			Title: text.F("Target %s missed", "Ziel %s verfehlt", targetName(r, a, t)),
			Detail: text.F("Available: %s; agreed are %s\u202f%%. Downtime: %s of %s.", "Verfügbar: %s; vereinbart sind %s\u202f%%. Ausfallzeit: %s von %s.",
				percent(*t.Sum.Availability, t.Target.Attain.String()), report.Decimal(t.Target.Attain.String()), report.Lasting(t.Sum.Down), report.Lasting(t.Sum.Agreed))})
	})
	for _, o := range r.Objectives {
		if o.Period == nil || o.Period.Verdict != slo.Missed || o.Period.Value == nil {
			continue
		}
		figure := objectiveName(o) + ".value"
		all = append(all, report.Finding{Key: report.Figure{Group: report.Group{Kind: report.OfObjective, Name: o.Name}, Name: figure}.Key(), Figure: figure,
			Title: text.F("Objective %s missed", "Serviceziel %s verfehlt", objectiveTitle(o)),
			Detail: text.F("Reached: %s\u202f%%; the internal objective is %s\u202f%%.", "Erreicht: %s\u202f%%; das interne Serviceziel liegt bei %s\u202f%%.",
				report.Decimal(o.Period.Value.Percent()), objectivePercent(o))})
	}
	return append(all, outageFindings(f, r)...)
}

// outageFindings are the unplanned outages of the period, in order of time; of
// too many the longest.
func outageFindings(f avail.Frozen, r avail.Result) []report.Finding {
	var own []avail.Unplanned
	for _, o := range r.Outages {
		if asks(o) {
			own = append(own, o)
		}
	}
	if len(own) > maxOutages {
		slices.SortStableFunc(own, func(a, b avail.Unplanned) int {
			return cmp.Or(cmp.Compare(b.Counted, a.Counted), cmp.Compare(b.Seconds, a.Seconds))
		})
		own = own[:maxOutages]
		slices.SortStableFunc(own, func(a, b avail.Unplanned) int {
			return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Component, b.Component))
		})
	}
	var all []report.Finding
	for _, o := range own {
		all = append(all, report.Finding{Key: findingKey(o), Kind: improvement.UnplannedOutage, Title: outageTitle(f, o), Detail: outageDetail(f, o)})
	}
	return all
}

// asks says that this report asks for the investigation of an outage: an earlier
// one has asked for those that began before.
func asks(o avail.Unplanned) bool { return o.Begins || o.Open }

// findingKey names an outage as fields and the register can have it: its
// beginning, and a digest of the rest.
func findingKey(o avail.Unplanned) string {
	sum := sha256.Sum256([]byte(o.Key))
	at := strings.ToLower(o.From.UTC().Format("2006-01-02t15.04.05z"))
	return "outage/" + at + "-" + hex.EncodeToString(sum[:4])
}

// outageTitle says which outage it is.
func outageTitle(f avail.Frozen, o avail.Unplanned) text.Text {
	at := local(f, o.From)
	if o.Component == "" {
		return text.F("Unplanned outage of %s", "Ungeplanter Ausfall vom %s", at)
	}
	return text.F("Unplanned outage of %[1]s, %[2]s", "Ungeplanter Ausfall von %[1]s, %[2]s", o.Component, at)
}

// outageDetail says what is known of it, for whoever investigates it.
func outageDetail(f avail.Frozen, o avail.Unplanned) text.Text {
	about := text.New("It concerned the whole service.", "Betroffen: gesamter Service.")
	if o.Component != "" {
		about = text.F("Component: %s.", "Komponente: %s.", o.Component)
	}
	all := []text.Text{about, text.F("Begun: %s.", "Begonnen: %s.", local(f, o.From))}
	if o.Open {
		all = append(all, text.F("Not over; so far %s.", "Nicht beendet; bisher %s.", report.Lasting(o.Seconds)))
	} else {
		all = append(all, text.F("Ended: %s.", "Beendet: %s.", local(f, o.To)), text.F("Length: %s.", "Dauer: %s.", report.Lasting(o.Seconds)))
	}
	all = append(all, text.F("Of agreed service time: %s.", "Davon vereinbarte Servicezeit: %s.", report.Lasting(o.Counted)))
	if len(o.Causes) > 0 {
		all = append(all, text.F("Recorded cause: %s.", "Aufgezeichnete Ursache: %s.", theFirst(o.Causes)))
	}
	if len(o.References) > 0 {
		all = append(all, text.F("Reference: %s.", "Referenz: %s.", theFirst(o.References)))
	}
	return text.Join(all, " ")
}

// maxInDetail is how many causes and references a finding names: what is recorded
// of an outage may be long, and its report has all of it.
const maxInDetail = 10

// theFirst lists what records say, the first of it where there is much.
func theFirst(said []string) text.Text {
	t := text.Same(strings.Join(said[:min(len(said), maxInDetail)], "; "))
	if more := len(said) - maxInDetail; more > 0 {
		t = text.F("%s; %d more", "%s; %d weitere", t, more)
	}
	return t
}

// local writes an instant in the zone of the report.
func local(f avail.Frozen, at time.Time) text.Text {
	zone, err := calendar.Zone(f.Zone)
	if err != nil {
		zone = time.UTC
	}
	return calendar.InWords(at.In(zone))
}
