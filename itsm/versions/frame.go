package versions

import (
	"time"

	"turnus/itsm/run"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Codes of what may have changed that a draft stands on, whatever it is about.
const (
	ChangedPeriod   = "period"         // where it begins and ends
	ChangedCoverage = "coverage"       // the imports don't cover the period any more
	ChangedEarlier  = "earlier-report" // that the trend draws on
	ChangedInForce  = "in-force"       // the period's own report
)

// Frame is what a set says of its period and of reports.
type Frame struct {
	From, To    time.Time
	Zone        string
	Provisional bool
	AsOf        time.Time // up to when the data is known
	Earlier     []Report  // of earlier periods
	InForce     *run.InForce
}

// Report is one that was published.
type Report struct {
	Period  string
	Version int
	Hash    string
}

// Moved says that the period of a set frozen now has other bounds.
func (old Frame) Moved(now Frame) []task.StalePart {
	if old.From.Equal(now.From) && old.To.Equal(now.To) {
		return nil
	}
	return one(ChangedPeriod, text.F("the period runs in another zone: %s → %s", "die Periode läuft in einer anderen Zeitzone: %s → %s", old.Zone, now.Zone))
}

// Uncovered says that the imports don't cover the period any more.
func (old Frame) Uncovered(now Frame) []task.StalePart {
	if old.Provisional || old.AsOf.Before(old.To) || !now.AsOf.Before(now.To) {
		return nil
	}
	return one(ChangedCoverage, text.New("the imports that count don't cover the period any more", "die zählenden Importe decken die Periode nicht mehr ab"))
}

// Published says which earlier reports, and whether the period's own, were
// published since, or took the place of others.
func (old Frame) Published(now Frame) (all []task.StalePart) {
	was := map[string]Report{}
	for _, p := range old.Earlier {
		was[p.Period] = p
	}
	for _, p := range now.Earlier {
		switch before, known := was[p.Period]; {
		case !known:
			all = append(all, one(ChangedEarlier, text.F("the report of %s was published since", "der Bericht für %s wurde seither veröffentlicht", p.Period))...)
		case before.Version != p.Version || before.Hash != p.Hash:
			all = append(all, one(ChangedEarlier, text.F("the report of %s was restated since: version %d → %d", "der Bericht für %s wurde seither berichtigt: Version %d → %d",
				p.Period, before.Version, p.Version))...)
		}
	}
	if old.InForce != nil && now.InForce != nil && old.InForce.Hash != now.InForce.Hash {
		all = append(all, one(ChangedInForce, text.F("version %d of this period's report was published since", "Version %d des Berichts dieser Periode wurde seither veröffentlicht", now.InForce.Version))...)
	}
	return all
}

func one(code string, detail text.Text) []task.StalePart {
	return []task.StalePart{{Code: code, Detail: detail}}
}
