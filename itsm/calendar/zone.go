package calendar

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"io"
	"sync"
	"time"

	"turnus/itsm/fault"
)

// TZData names the edition of the IANA time zone database in zoneinfo.zip,
// the only place zones are loaded from, so that a receipt can name it.
const TZData = "2025c"

//go:embed zoneinfo.zip
var zoneinfo []byte

var zones = sync.OnceValue(func() map[string]*zip.File {
	r, err := zip.NewReader(bytes.NewReader(zoneinfo), int64(len(zoneinfo)))
	if err != nil {
		panic("calendar: embedded zoneinfo.zip can't be read: " + err.Error())
	}
	m := make(map[string]*zip.File, len(r.File))
	for _, f := range r.File {
		m[f.Name] = f
	}
	return m
})

var loaded sync.Map // name to *time.Location; the same zone is one pointer

// Zone loads an IANA zone by name, as in Europe/Berlin.
func Zone(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if l, ok := loaded.Load(name); ok {
		return l.(*time.Location), nil
	}
	unknown := fault.Invalidf("zone", "%.80q isn't a time zone: use an IANA name, as in Europe/Berlin",
		"%.80q ist keine Zeitzone: Einen IANA-Namen angeben, etwa Europe/Berlin.", name)
	f := zones()[name]
	if f == nil || f.FileInfo().IsDir() {
		return nil, unknown
	}
	r, err := f.Open()
	if err != nil {
		return nil, unknown.Because(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, unknown.Because(err)
	}
	l, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		return nil, unknown.Because(err)
	}
	kept, _ := loaded.LoadOrStore(name, l)
	return kept.(*time.Location), nil
}

// changeAfter gives an instant after at up to which its zone's offset stays;
// where the clock changes, it is no later than that. Zero: it never changes.
func changeAfter(at time.Time) time.Time {
	_, end := at.ZoneBounds()
	if end.IsZero() || end.After(at) {
		return end
	}
	// On the 31 December of a leap year ZoneBounds gives the day's beginning
	// (seen in Go 1.26: it takes each year for 365 days). No zone changes there.
	return at.Truncate(24 * time.Hour).Add(24 * time.Hour)
}
