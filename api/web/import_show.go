package web

import (
	"net/http"
	"net/url"
	"strconv"

	"turnus/client"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/text"
)

// How many imports, and how many rejected rows, a page shows.
const (
	importsShown = 30
	rejectsShown = 100
)

// importLine is an import in a list, with the zone of its instants.
type importLine struct {
	dataset.Import
	Zoned string
}

// Title of an import: what it is of, or whose withdrawal.
func (i importLine) Title() text.Text {
	if i.Withdraws > 0 {
		return text.F("Import %d: withdrawal of import %d", "Import %d: Rücknahme von Import %d", i.ID, i.Withdraws)
	}
	return text.F("Import %d: %s", "Import %d: %s", i.ID, datasetTitle(i.Dataset))
}

// Path is the address of its page.
func (i importLine) Path() string {
	return servicePath(i.Service, "imports", strconv.FormatInt(i.ID, 10))
}

// Cases are what its keys are called.
func (i importLine) Cases() text.Text {
	if d, err := dataset.Find(i.Dataset); err == nil {
		return d.Cases
	}
	return text.New("keys", "Schlüssel")
}

// imports is a list of a service's imports.
type imports struct {
	Service string
	Lines   []importLine
	Next    string
}

func showImports(v *visit) error {
	name := v.param("service")
	all, _, next, err := v.api.ImportsPart(v.r.Context(), name, v.query("after"), importsShown)
	if err != nil {
		return err
	}
	list := imports{Service: name}
	for _, i := range all {
		list.Lines = append(list.Lines, importLine{i, i.Zone})
	}
	if next != "" {
		list.Next = servicePath(name, "imports") + "?" + url.Values{"after": {next}}.Encode()
	}
	return v.show(http.StatusOK, "imports", text.F("Imports of %s", "Importe von %s", name), list)
}

// imported is the page of one import.
type imported struct {
	importLine
	Loaded  bool // just now
	Rejects []dataset.Reject
	Next    string // address of the rejects that follow
	Owns    bool   // the visitor may propose its withdrawal
	Reason  string // of that, as it was typed
	Wrong   *client.Problem
}

// importAt reads the import that an address names.
func (v *visit) importAt() (imported, error) {
	notThere := fault.New(fault.NotFound, text.F("There is no import %.20s of the service %.80q.", "Den Import %.20s des Service %.80q gibt es nicht.", v.param("import"), v.param("service")))
	id, err := strconv.ParseInt(v.param("import"), 10, 64)
	if err != nil || id < 1 {
		return imported{}, notThere
	}
	i, err := v.api.ImportByID(v.r.Context(), id)
	if err == nil && i.Service != v.param("service") {
		err = notThere
	}
	return imported{importLine: importLine{i, i.Zone}}, err
}

func showImport(v *visit) error {
	i, err := v.importAt()
	if err != nil {
		return err
	}
	i.Loaded = v.query("loaded") != ""
	if i.Rejected > 0 {
		var next string
		if i.Rejects, next, err = v.api.RejectsPart(v.r.Context(), i.ID, v.query("after"), rejectsShown); err != nil {
			return err
		}
		if next != "" {
			i.Next = i.Path() + "?" + url.Values{"after": {next}}.Encode()
		}
	}
	if i.Withdraws == 0 && i.WithdrawnBy == 0 {
		if service, err := v.serviceAt(); err == nil && service != nil {
			i.Owns = service.Spec.Owner == v.session.Person
		}
	}
	return v.show(http.StatusOK, "import-done", i.Title(), i)
}

// askWithdrawal asks why an import shall not count, and says what will happen.
func askWithdrawal(v *visit) error {
	i, err := v.importAt()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "import-withdraw", withdrawalTitle(i), i)
}

func withdrawalTitle(i imported) text.Text {
	return text.F("Withdraw import %d?", "Import %d zurücknehmen?", i.ID)
}

// withdrawImport proposes it; an approver decides.
func withdrawImport(v *visit) error {
	i, err := v.importAt()
	if err != nil {
		return err
	}
	i.Reason = v.form("reason")
	started, err := v.api.WithdrawImport(v.once(), i.ID, i.Reason)
	if err == nil {
		return v.to("/runs/" + started.ID)
	}
	if i.Wrong = v.mend(err); i.Wrong == nil {
		return err
	}
	return v.show(i.Wrong.Status, "import-withdraw", withdrawalTitle(i), i)
}
