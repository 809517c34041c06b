package store

import (
	"time"

	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// Check refuses instants that make no sense, before a file is read.
func (in Intake) Check(of string) error {
	d, err := dataset.Find(of)
	if err != nil {
		return err
	}
	switch {
	case in.AsOf.After(in.Now):
		return fault.Invalidf("as_of", "%s is still to come: give the instant up to which the source was read",
			"%s liegt in der Zukunft: Den Zeitpunkt angeben, bis zu dem das Quellsystem gelesen wurde.", in.AsOf.UTC().Format(time.RFC3339))
	case in.Since.IsZero():
		return nil
	case !d.Since:
		return fault.Invalidf("since", "an import of %s says by itself from when on it knows something: leave this out",
			"Ein Import dieser Art (%s) sagt selbst, ab wann etwas bekannt ist: Die Angabe weglassen.", d.Title)
	case in.Since.After(in.Now), !in.AsOf.IsZero() && in.Since.After(in.AsOf):
		return fault.Invalidf("since", "%s lies after the instant up to which the source was read: give the one from which on it was kept",
			"%s liegt nach dem Zeitpunkt, bis zu dem das Quellsystem gelesen wurde: Den Zeitpunkt angeben, ab dem dort aufgezeichnet wurde.", in.Since.UTC().Format(time.RFC3339))
	}
	return nil
}

// asOf settles up to when the source was read.
func (in Intake) asOf(of string, g *staging) (time.Time, error) {
	said := in.AsOf
	switch {
	case !said.IsZero() && g.newest.After(said):
		return said, fault.Invalidf("as_of", "the file holds %[1]s of %[3]s, after %[4]s: give a later instant, or leave it out",
			"Die Datei enthält %[2]s von %[3]s, nach %[4]s: Einen späteren Zeitpunkt angeben oder ihn weglassen.",
			newestIs(of).En, newestIs(of).De, g.newest.UTC().Format(time.RFC3339), said.UTC().Format(time.RFC3339))
	case g.read == 0 && in.Since.IsZero() && needsSince(of):
		return said, fault.New(fault.Invalid, text.New("the file has no rows: nothing was imported (with --since and --as-of it would say that nothing happened in between)",
			"Die Datei hat keine Zeilen: Nichts wurde importiert (mit --since und --as-of hieße es, dass dazwischen nichts vorgefallen ist)."))
	case !said.IsZero():
		return said, nil
	case g.read == 0:
		return said, fault.New(fault.Invalid, text.New("the file has no rows: nothing was imported (with --as-of it would say that nothing changed up to then)",
			"Die Datei hat keine Zeilen: Nichts wurde importiert (mit --as-of hieße es, dass sich bis dahin nichts geändert hat)."))
	case g.read == g.rejects:
		return said, fault.New(fault.Invalid, text.F("none of the %[1]d rows makes sense, nothing was imported: %[2]s",
			"Keine der %[1]d Zeilen ergibt Sinn, nichts wurde importiert: %[2]s", g.read, firstReject(g.first))).InRow(g.first.Row)
	case g.newest.IsZero(): // what is announced lies ahead: it is known as of now
		return in.Now, nil
	}
	return g.newest, nil
}

// firstReject says why the first of many rows was rejected.
func firstReject(r *dataset.Reject) text.Text {
	if r.Value == "" { // there are no words of the file to quote
		return text.F("about the first one (%[1]s): %[2]s", "Zur ersten (%[1]s): %[2]s", r.Column, r.Reason)
	}
	return text.F("the first one has %[1]s %.60[2]q: %[3]s", "In der ersten steht unter %[1]s %.60[2]q: %[3]s", r.Column, r.Value, r.Reason)
}

// newestIs says what the newest instant of a file is.
func newestIs(of string) text.Text {
	switch of {
	case dataset.Outages:
		return text.New("a start or end", "einen Beginn oder ein Ende")
	case dataset.Probes:
		return text.New("a sample", "einen Messwert")
	}
	return text.New("a change", "eine Änderung")
}

// sortedBy says by what a file is sorted best.
func sortedBy(of string) text.Text {
	switch of {
	case dataset.Outages:
		return text.New("the reference of the outage", "der Referenz des Ausfalls")
	case dataset.Maintenance:
		return text.New("the reference of the maintenance", "der Referenz der Wartung")
	case dataset.Probes:
		return text.New("component, probe and time", "Komponente, Messpunkt und Zeit")
	}
	return text.New("the number of the ticket", "der Ticketnummer")
}

func needsSince(of string) bool {
	d, err := dataset.Find(of)
	return err == nil && d.Since
}
