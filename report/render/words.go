package render

import (
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// The words of the page itself; what a report says is in its document.
var words = map[string]text.Text{
	"notes":          text.New("What to know before reading", "Vor dem Lesen zu beachten"),
	"summary":        text.New("Summary", "Zusammenfassung"),
	"decisions":      text.New("Decisions", "Entscheidungen"),
	"no-decision":    text.New("No decision is on record.", "Es ist keine Entscheidung verzeichnet."),
	"round":          text.New("Round", "Freigaberunde"),
	"task":           text.New("task", "Aufgabe"),
	"this-content":   text.New("on this content", "zu diesem Inhalt"),
	"other":          text.New("on content", "zu Inhalt"),
	"issuer":         text.New("Token issued by", "Token ausgestellt von"),
	"no-issuer":      text.New("the installation (first start)", "der Installation (erster Start)"),
	"stale":          text.New("What this draft stands on has changed since it was made:", "Die Grundlage dieses Entwurfs hat sich seit seiner Erstellung geändert:"),
	"record":         text.New("On record", "Angaben zum Lauf"),
	"item":           text.New("Item", "Angabe"),
	"value":          text.New("Value", "Wert"),
	"run":            text.New("Run", "Lauf"),
	"state":          text.New("State", "Status"),
	"version":        text.New("Version", "Version"),
	"superseded":     text.New("superseded by version", "ersetzt durch Version"),
	"in-version":     text.New("version", "Version"),
	"published-at":   text.New("Published at", "Veröffentlicht am"),
	"started-by":     text.New("Started by", "Gestartet von"),
	"by-plan":        text.New("plan (automatically)", "Plan (automatisch)"),
	"owner":          text.New("Owner of the service", "Serviceverantwortung"),
	"org-owner":      text.New("Owner of the organisation", "Verantwortung für die Organisation"),
	"reason":         text.New("Reason for this attempt", "Grund für diesen Versuch"),
	"ended":          text.New("Why it ended so", "Grund für den Status"),
	"computed":       text.New("Figures computed at", "Zahlen berechnet am"),
	"hash":           text.New("Content hash (SHA-256)", "Hashwert des Inhalts (SHA-256)"),
	"whole-content":  text.New("on the whole report", "zum vollständigen Bericht"),
	"for-customers":  text.New("Extract for the customer", "Auszug für den Kunden"),
	"for-agreements": text.New("of the agreement", "zur Vereinbarung"),
	"extract-hash":   text.New("Content hash of this extract (SHA-256)", "Hashwert des Inhalts dieses Auszugs (SHA-256)"),
	"whole-hash":     text.New("Content hash of the whole report (SHA-256)", "Hashwert des Inhalts des vollständigen Berichts (SHA-256)"),
	"sources":        text.New("Sources", "Quellen"),
	"kind":           text.New("Kind", "Art"),
	"name":           text.New("Name", "Name"),
	"figures":        text.New("All figures", "Alle Zahlen"),
	"figures-note": text.New("Each figure as scripts read it: exact value, what it was counted from, and the formula in its version.",
		"Jede Zahl, wie Skripte sie lesen: genauer Wert, woraus sie gezählt wurde, und die Formel in ihrer Version."),
	"figure":         text.New("Figure", "Zahl"),
	"numerator":      text.New("Numerator", "Zähler"),
	"denominator":    text.New("Denominator", "Nenner"),
	"n":              text.New("n", "n"),
	"formula":        text.New("Formula", "Formel"),
	"approved-stale": text.New("Approved although what it stands on had changed:", "Freigegeben, obwohl sich die Grundlage geändert hatte:"),

	"page": text.New("Page", "Seite"),
	"of":   text.New("of", "von"),
	"to":   text.New("to", "bis"),

	"clock": text.New("Times in the time zone", "Uhrzeiten in der Zeitzone"),
	"days":  text.New("Days in the time zone", "Tage in der Zeitzone"),
	"once":  text.New("once", "einmal"),
	"times": text.New("times", "mal"),

	"signal":        text.New("signal", "Signal"),
	"legend-value":  text.New("●\u00a0value", "●\u00a0Wert"),
	"legend-agreed": text.New("╌\u00a0agreed", "╌\u00a0vereinbart"),
	"legend-limits": text.New("▒\u00a0control limits", "▒\u00a0Eingriffsgrenzen"),
	"legend-centre": text.New("─\u00a0their centre", "─\u00a0Mittellinie"),
	"legend-signal": text.New("◆\u00a0signal", "◆\u00a0Signal"),
	"legend-break":  text.New("┊\u00a0measured otherwise before", "┊\u00a0davor anders gemessen"),
}

// states words the stamp of a report, by the state of its run.
var states = map[run.State]text.Text{
	run.Collecting:  text.New("Draft", "Entwurf"),
	run.Drafting:    text.New("Draft", "Entwurf"),
	run.Waiting:     text.New("Draft for decision", "Entwurf zur Freigabe"),
	run.Published:   text.New("Published", "Veröffentlicht"),
	run.Rejected:    text.New("Rejected", "Abgelehnt"),
	run.Cancelled:   text.New("Cancelled", "Abgebrochen"),
	run.Failed:      text.New("Failed", "Fehlgeschlagen"),
	run.Provisional: text.New("Provisional", "Vorläufig"),
}

// marks stand across each printed page of what isn't published.
var marks = map[run.State]text.Text{
	run.Collecting: text.New("Draft", "Entwurf"),
	run.Drafting:   text.New("Draft", "Entwurf"),
	run.Waiting:    text.New("Draft", "Entwurf"),
}
