package availabilityreview

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"

	avail "turnus/itsm/availabilityreview"
	"turnus/itsm/canonical"
	"turnus/itsm/dataset"
	"turnus/itsm/resource"
	"turnus/itsm/run"
	"turnus/itsm/ticket"
	"turnus/report"
	"turnus/report/parts"
	"turnus/report/receipt"
)

// Receipts are what this process brings to a file of receipts: its cases are what
// is known of each key of the three datasets, in the order maintenance, outages,
// probes, then of the keys' bytes.
func Receipts() receipt.Process {
	return receipt.Process{List: "said", Write: writeReceipts, Verify: verifyReceipts}
}

// said is a case of the list.
type said[T any] struct {
	Dataset string `json:"dataset"`
	Key     string `json:"key"`
	Is      T      `json:"is"`
}

// sets count and hash what is known, by dataset.
type sets map[string]*ticket.Set

func newSets() sets {
	s := sets{}
	for _, name := range avail.Datasets() {
		s[name] = ticket.NewSet()
	}
	return s
}

// add puts a key with the canonical JSON of what is known of it into the set of its
// dataset.
func (s sets) add(name, key string, is []byte) { ticket.AddTo(s[name], key, canonical.Sum(is)) }

// compare holds the sets against those that were frozen.
func (s sets) compare(c *receipt.Comparison, f avail.Frozen) {
	for _, name := range avail.Datasets() {
		frozen := f.Dataset(name)
		if frozen.Import == 0 && frozen.Hash == "" && s[name].Count == 0 {
			continue
		}
		place := receipt.Place("frozen.data", name)
		c.Numbers(place+".count", frozen.Count, s[name].Count)
		c.Texts(place+".hash", frozen.Hash, s[name].Hash())
	}
}

func writeReceipts(w io.Writer, r report.Report, raw json.RawMessage, from receipt.Source) error {
	var f avail.Frozen
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	frozen, err := canonical.JSON(f)
	if err != nil {
		return err
	}
	x, err := receipt.NewWriter(w, r, frozen, Receipts().List)
	if err != nil {
		return err
	}
	known := newSets()
	of := func(name string) receipt.Known {
		return receipt.Known{Service: f.Service, Import: f.Dataset(name).Import, From: f.Reads.From, To: f.Reads.To}
	}
	windows, err := all(added(x, known, dataset.Maintenance, from.Windows(of(dataset.Maintenance))))
	if err != nil {
		return err
	}
	outages, err := all(added(x, known, dataset.Outages, from.Outages(of(dataset.Outages))))
	if err != nil {
		return err
	}
	totals, err := avail.Derive(f, avail.Source{Windows: windows, Outages: outages, Days: added(x, known, dataset.Probes, from.Days(of(dataset.Probes)))})
	if err != nil {
		return err
	}
	var c receipt.Comparison
	known.compare(&c, f)
	if err := c.Figures(r.Figures, Figures(totals)); err != nil {
		return err
	}
	if err := c.Err(r.Run); err != nil {
		return err
	}
	return x.Close(totals)
}

// added writes what is known of a dataset as it goes by, and adds it to its set.
func added[T any](x *receipt.Writer, into sets, name string, known iter.Seq2[dataset.Keyed[T], error]) iter.Seq2[dataset.Keyed[T], error] {
	return func(yield func(dataset.Keyed[T], error) bool) {
		var b []byte
		for k, err := range known {
			if err == nil {
				b, err = canonical.Append(b[:0], k.Is)
			}
			if err == nil {
				into.add(name, k.Key, b)
				if err = x.Add(said[T]{name, k.Key, k.Is}); err != nil {
					err = fmt.Errorf("%s %q: %w", name, k.Key, err)
				}
			}
			if !yield(k, err) || err != nil {
				return
			}
		}
	}
}

// all reads a dataset to its end, so that it comes before the next one, whatever
// order they are asked for in.
func all[T any](known iter.Seq2[dataset.Keyed[T], error]) (iter.Seq2[dataset.Keyed[T], error], error) {
	var list []dataset.Keyed[T]
	for k, err := range known {
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return func(yield func(dataset.Keyed[T], error) bool) {
		for _, k := range list {
			if !yield(k, nil) {
				return
			}
		}
	}, nil
}

// verifyReceipts computes a report anew from what is known in the file.
func verifyReceipts(x *receipt.Reader, told report.Document, v *receipt.Result, c *receipt.Comparison) (d report.Document, _ *run.InForce, err error) {
	var f avail.Frozen
	if err := receipt.Decode(x.Head.Frozen, &f); err != nil {
		return d, nil, receipt.Unreadable("frozen", err)
	}
	v.TZData, v.Kind = f.TZData, "keys"
	about := parts.About{Run: f.Run, Round: f.Round, Service: f.Service, Period: f.Period, Zone: f.Zone, From: f.From, To: f.To}
	if err := parts.CompareFrozen(x, f, about, c); err != nil {
		return d, nil, err
	}
	if v.Unproven, err = parts.CompareVersions(f.Agreements, f.Calendars, c); err != nil {
		return d, nil, err
	}
	if err := compareObjectives(f, c); err != nil {
		return d, nil, err
	}
	in := &reading{x: x, c: c, known: newSets()}
	totals, err := in.derive(f)
	v.Cases = in.cases
	if err != nil {
		return d, nil, err
	}
	in.known.compare(c, f)
	again, err := canonical.JSON(totals)
	if err != nil {
		return d, nil, err
	}
	c.JSON("totals", x.Totals(), again)
	if d, err = Draft(f, totals, told.Answers, told.Evidence); err != nil {
		return d, nil, receipt.Unreadable("frozen", err)
	}
	return d, f.InForce, nil
}

// compareObjectives holds each SLO, and the SLI that it names, against the document
// that was declared, and that against its hash.
func compareObjectives(f avail.Frozen, c *receipt.Comparison) error {
	for _, o := range f.Objectives {
		place := receipt.Place("frozen.objectives", fmt.Sprintf("%s %d", o.Name, o.Version))
		if o.Declared == nil {
			c.Add(place+".declared", "nothing", "what was declared")
			continue
		}
		if err := receipt.CompareDeclared(c, place, *o.Declared, resource.SLO, o.Name, o.Hash, o.Spec); err != nil {
			return err
		}
		if err := c.Values(place+".title", o.Title, o.Declared.Title()); err != nil {
			return err
		}
		i := o.Indicator
		if i == nil {
			continue
		}
		if i.Declared == nil {
			c.Add(place+".indicator.declared", "nothing", "what was declared")
			continue
		}
		if err := receipt.CompareDeclared(c, place+".indicator", *i.Declared, resource.SLI, i.Name, i.Hash, i.Spec); err != nil {
			return err
		}
	}
	return nil
}
