package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"turnus/client"
	"turnus/deploy"
	"turnus/itsm/agreement"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/mapping"
	"turnus/itsm/text"
)

// importTime is how long a page takes a file and has it merged, as the API does.
const importTime = time.Hour

func importPages() []page {
	const imports, exclusions = "/services/:service/imports", "/services/:service/exclusions"
	return []page{
		{method: "GET", path: "/services/:service/import", name: "import", handle: askFile},
		{method: "POST", path: "/services/:service/import/check", name: "import-check", lasts: importTime, handle: tryFile},
		{method: "POST", path: "/services/:service/import", name: "import", lasts: importTime, handle: loadFile},

		{method: "GET", path: imports, name: "imports", handle: showImports},
		{method: "GET", path: imports + "/:import", name: "import-done", handle: showImport},
		{method: "GET", path: imports + "/:import/withdraw", name: "import-withdraw", handle: askWithdrawal},
		{method: "POST", path: imports + "/:import/withdraw", name: "import-withdraw", handle: withdrawImport},

		{method: "GET", path: exclusions, name: "exclusions", handle: showExclusions},
		{method: "GET", path: exclusions + "/new", name: "exclusion-new", handle: askExclusion},
		{method: "POST", path: exclusions + "/new", name: "exclusion-new", handle: askExclusion},
		{method: "POST", path: exclusions + "/new/check", name: "exclusion-check", handle: checkExclusion},
		{method: "POST", path: exclusions, name: "exclusion", handle: propose},
		{method: "GET", path: exclusions + "/:exclusion", name: "exclusion", handle: showExclusion},
		{method: "GET", path: exclusions + "/:exclusion/withdraw", name: "exclusion-withdraw", handle: showExclusion},
		{method: "POST", path: exclusions + "/:exclusion/withdraw", name: "exclusion-withdraw", handle: withdrawExclusion},
	}
}

// importing is a file on its way in: what is said of it, and what trying it has
// shown.
type importing struct {
	Service  string
	Zone     string // the service's
	Said     said
	Mappings []mappingChoice
	Tried    *dataset.Profile // nil: it wasn't tried, or couldn't be
	Wrong    *client.Problem
}

// said is what a form says of a file, as it was typed.
type said struct {
	What    string // dataset and format, as in tickets/csv
	Mapping string
	Zone    string
	AsOf    string
	Since   string
	Accept  string
	SHA256  string // of the file that was tried
}

// mappingChoice is a mapping that a form offers.
type mappingChoice struct {
	Name  string
	Title text.Text
}

// Datasets are those that there are, with their formats.
func (importing) Datasets() []dataset.Dataset { return dataset.All() }

// Title of what the file is said to be.
func (i importing) Title() text.Text {
	of, format, _ := strings.Cut(i.Said.What, "/")
	d, err := dataset.Find(of)
	if err != nil {
		return text.Same(i.Said.What)
	}
	f, err := d.Format(format)
	if err != nil {
		return d.Title
	}
	return text.F("%s: %s", "%s: %s", d.Title, f.Title)
}

// Refused says that the file is implausible: it is loaded only by somebody who
// says why it is right.
func (i importing) Refused() bool {
	if i.Tried != nil {
		return slices.ContainsFunc(i.Tried.Warnings, func(w dataset.Warning) bool { return w.Refuse })
	}
	return i.Said.Accept != "" || i.Wrong != nil && slices.ContainsFunc(codesOf(i.Wrong), func(c string) bool { return c != "" })
}

// codesOf are those of what is implausible.
func codesOf(p *client.Problem) (all []string) {
	for _, e := range p.Errors {
		all = append(all, e.Code)
	}
	return all
}

// said reads what a form says of a file.
func (v *visit) said() said {
	return said{What: v.form("what"), Mapping: v.form("mapping"), Zone: v.form("zone"), AsOf: v.form("as_of"), Since: v.form("since"), Accept: v.form("accept"), SHA256: v.form("sha256")}
}

// intake is what the API is told of a file.
func (s said) intake(service, filename string) (client.Intake, error) {
	of, format, found := strings.Cut(s.What, "/")
	if !found {
		return client.Intake{}, fault.Invalidf("what", "What the file holds isn't chosen. Choose one.", "Der Inhalt der Datei ist nicht ausgewählt. Einen auswählen.")
	}
	in := client.Intake{Dataset: of, Service: service, Format: format, Zone: s.Zone, Mapping: s.Mapping, Filename: filename, Accept: s.Accept, SHA256: s.SHA256}
	for _, at := range []struct {
		field, typed string
		into         *time.Time
	}{{"as_of", s.AsOf, &in.AsOf}, {"since", s.Since, &in.Since}} {
		if at.typed == "" {
			continue
		}
		t, err := instantOf(at.field, at.typed)
		if err != nil {
			return in, err
		}
		*at.into = t
	}
	return in, nil
}

// instantOf reads an instant, or a date as its start in UTC.
func instantOf(field, typed string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, typed); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.Invalidf(field, "%.40q is neither an instant nor a date: write 2026-10-05T06:00:00Z, or 2026-10-05 for its start in UTC.",
		"%.40q ist weder ein Zeitpunkt noch ein Datum: 2026-10-05T06:00:00Z oder 2026-10-05 für dessen Beginn in UTC angeben.", typed)
}

// askFile asks for a file and for what it is.
func askFile(v *visit) error {
	return v.showAsking(http.StatusOK, said{What: v.query("what"), Mapping: v.query("mapping")}, nil)
}

func (v *visit) showAsking(status int, s said, wrong *client.Problem) error {
	service, err := client.ResourceOf[agreement.ServiceSpec](v.r.Context(), v.api, "services", v.param("service"))
	if err != nil {
		return err
	}
	i := importing{Service: v.param("service"), Zone: service.Spec.Zone, Said: s, Wrong: wrong}
	declared, _, err := client.ResourcesPart[mapping.Spec](v.r.Context(), v.api, "mappings", "", "", 500)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, m := range declared {
		known[m.Metadata.Name] = true
		i.Mappings = append(i.Mappings, mappingChoice{m.Metadata.Name, text.F("%s (%s)", "%s (%s)", m.Metadata.Name, datasetTitle(m.Spec.About()))})
	}
	for _, name := range deploy.Mappings() {
		if !known[name] {
			i.Mappings = append(i.Mappings, mappingChoice{name, text.F("%s (comes with Turnus)", "%s (mitgeliefert)", name)})
		}
	}
	return v.show(status, "import", text.New("Import a file", "Datei importieren"), i)
}

// tryFile reads a file as an import would, changes nothing, and shows what it
// would do.
func tryFile(v *visit) error {
	file, err := v.upload()
	s := v.said()
	if s.SHA256 = ""; err == nil {
		var in client.Intake
		if in, err = s.intake(v.param("service"), file.Name); err == nil {
			in.DryRun, in.Accept = true, ""
			var found dataset.Profile
			if found, err = v.api.Import(v.r.Context(), in, file.Part); err == nil {
				s.SHA256, s.Accept = found.File.SHA256, ""
				return v.show(http.StatusOK, "import-check", text.New("Check the file", "Datei prüfen"),
					importing{Service: in.Service, Zone: found.Zone, Said: s, Tried: &found})
			}
		}
	}
	wrong := v.mend(err)
	if wrong == nil {
		return err
	}
	v.takeRest()
	return v.showAsking(wrong.Status, s, wrong)
}

// loadFile loads the file that was tried before, and no other.
func loadFile(v *visit) error {
	file, err := v.upload()
	s := v.said()
	if err == nil && s.SHA256 == "" {
		err = fault.Invalidf("sha256", "The file wasn't tried before. Try it first: nothing was loaded.", "Die Datei wurde nicht probeweise gelesen. Zuerst probeweise lesen: Es wurde nichts geladen.")
	}
	if err == nil {
		var in client.Intake
		if in, err = s.intake(v.param("service"), file.Name); err == nil {
			var done dataset.Profile
			if done, err = v.api.Import(v.once(), in, file.Part); err == nil {
				return v.to(servicePath(in.Service, "imports", strconv.FormatInt(done.ID, 10)) + "?" + url.Values{"loaded": {"yes"}}.Encode())
			}
		}
	}
	wrong := v.mend(err)
	if wrong == nil {
		return err
	}
	v.takeRest()
	return v.show(wrong.Status, "import-check", text.New("The file wasn't loaded", "Datei nicht geladen"), importing{Service: v.param("service"), Said: s, Wrong: wrong})
}
