package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"turnus/itsm/process"
	"turnus/itsm/run"
	"turnus/itsm/text"
)

// clauseTitles are the titles of the clauses of ISO/IEC 20000-1:2018 that processes
// serve; the German ones are our own.
var clauseTitles = map[string]text.Text{
	"5.2":   text.New("Policy", "Politik"),
	"6.3":   text.New("Plan the service management system", "Planung des Service-Management-Systems"),
	"8.1":   text.New("Operational planning and control", "Operative Planung und Steuerung"),
	"8.3.3": text.New("Service level management", "Service-Level-Management"),
	"8.7.1": text.New("Service availability management", "Serviceverfügbarkeitsmanagement"),
	"8.7.2": text.New("Service continuity management", "Servicekontinuitätsmanagement"),
	"9.1":   text.New("Monitoring, measurement, analysis and evaluation", "Überwachung, Messung, Analyse und Bewertung"),
	"9.3":   text.New("Management review", "Managementbewertung"),
	"9.4":   text.New("Service reporting", "Serviceberichtswesen"),
	"10.1":  text.New("Nonconformity and corrective action", "Nichtkonformität und Korrekturmaßnahmen"),
	"10.2":  text.New("Continual improvement", "Fortlaufende Verbesserung"),
}

// clause is one of the standard, with the processes that serve it.
type clause struct {
	Number string
	Title  text.Text
	Served []servedBy
}

// servedBy is a process, with the newest evidence that it is kept.
type servedBy struct {
	process.Process
	Newest *run.Run // published; nil: none so far
}

// showClauses shows which process serves which clause, and the newest evidence.
func showClauses(v *visit) error {
	newest := map[string]*run.Run{}
	byClause := map[string][]process.Process{}
	for _, p := range process.Catalogue() {
		published, err := v.api.Runs(v.r.Context(), p.Name, "", string(run.Published), 1)
		if err != nil {
			return err
		}
		if len(published) > 0 {
			newest[p.Name] = &published[0]
		}
		for _, c := range p.Clauses {
			byClause[c] = append(byClause[c], p)
		}
	}
	var all []clause
	for number, processes := range byClause {
		c := clause{Number: number, Title: clauseTitles[number]}
		for _, p := range processes {
			c.Served = append(c.Served, servedBy{p, newest[p.Name]})
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b clause) int { return slices.Compare(numbersOf(a.Number), numbersOf(b.Number)) })
	return v.show(http.StatusOK, "audit-clauses", text.New("Clauses and their evidence", "Abschnitte der Norm und ihre Nachweise"), all)
}

// numbersOf are the parts of a clause's number, so that 10.1 comes after 9.4.
func numbersOf(clause string) (all []int) {
	for _, n := range strings.Split(clause, ".") {
		i, _ := strconv.Atoi(n) // the catalogue has numbers alone
		all = append(all, i)
	}
	return all
}
