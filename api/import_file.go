package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"time"

	"turnus/imports"
	"turnus/itsm/calendar"
	"turnus/itsm/dataset"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/ticket"
	"turnus/store"
)

// importFile loads the body once it is there as a whole, or says what loading it
// would do.
func (s *server) importFile(ctx context.Context, d dataset.Dataset, in *importInput) (*importedOutput, error) {
	if err := s.caller(ctx).CheckImporter(ctx, in.Name); err != nil {
		return nil, err
	}
	format, err := d.Format(in.Format)
	if err != nil {
		return nil, err
	}
	used, err := s.mappingFor(ctx, in)
	if err == nil && used.named != nil {
		err = used.spec.CheckAbout(d)
	}
	if err != nil {
		return nil, err
	}
	zone, usual, err := s.zoneOf(ctx, in)
	if err != nil {
		return nil, err
	}
	who := actorOf(ctx)
	requestOf(ctx).trial = in.DryRun
	intake := store.Intake{
		Service: in.Name, Format: format.Name, Union: format.Joins, Zone: zone, Usual: usual, AsOf: in.AsOf, Since: in.Since, Accept: in.Accept, DryRun: in.DryRun, Spool: s.Spool,
		Mapping: used.named, States: cmp.Or(used.spec.States, format.States), Full: used.spec.Delivery == ticket.Full, Content: &dataset.Content{Count: in.DryRun},
		By: who.Person, Token: who.Token, Issuer: who.Issuer, Now: s.Now(),
	}
	if used.declare != nil {
		intake.Declare = store.DeclaringMapping(who, intake.Now, *used.declare, *used.named)
	}
	if err := intake.Check(d.Name); err != nil {
		return nil, err
	}
	load, err := s.loading(d, &intake, used, zone)
	if err != nil {
		if fault.Is(err, fault.Invalid) && !in.DryRun { // a mapping that no file makes sense with
			if why := s.Store.Refused(ctx, who, intake.Now, "import.refused", "service/"+in.Name, err); why != nil {
				return nil, why
			}
		}
		return nil, err
	}
	sum := sha256.New()
	file, err := s.receive(ctx, in.ctx, maxImport, sum)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	intake.File = dataset.File{Name: baseName(in.Filename), Bytes: file.Size(), SHA256: hex.EncodeToString(sum.Sum(nil))}
	if in.SHA256 != "" && in.SHA256 != intake.File.SHA256 {
		return nil, fault.Invalidf("query.sha256", "This is another file than the one that was tried: its SHA-256 is %[1]s, not %[2]s. Nothing was loaded. Send the file that was tried, or try this one first.",
			"Das ist eine andere Datei als die probeweise gelesene: SHA-256 %[1]s statt %[2]s. Es wurde nichts geladen. Die probeweise gelesene Datei senden oder diese zuerst probeweise lesen.", intake.File.SHA256, in.SHA256)
	}
	done, err := load(ctx, file)
	if err != nil {
		return nil, err
	}
	if !in.DryRun {
		done = dataset.Profile{Import: done.Import, Probes: done.Probes, MoreProbes: done.MoreProbes} // the rest is to be looked at before
	}
	return &importedOutput{done}, nil
}

// loading gives what reads a file of a dataset and merges it. Options that no
// file can be read with are refused, before one is sent.
func (s *server) loading(d dataset.Dataset, intake *store.Intake, used usedMapping, zone *time.Location) (func(context.Context, io.Reader) (dataset.Profile, error), error) {
	o := imports.Options{Format: intake.Format, Zone: zone, Mapping: used.spec, Now: intake.Now, Content: intake.Content}
	switch d.Name {
	case dataset.Outages:
		return reading(intake, o, imports.Outages, s.Store.ImportOutages), imports.CheckOutages(o)
	case dataset.Maintenance:
		return reading(intake, o, imports.Windows, s.Store.ImportWindows), imports.CheckWindows(o)
	case dataset.Probes:
		return reading(intake, o, imports.Samples, s.Store.ImportSamples), imports.CheckSamples(o)
	case dataset.Tickets:
		o := imports.TicketOptions{Format: intake.Format, Zone: zone, Mapping: used.spec.Mapping, Now: intake.Now, Content: intake.Content}
		return func(ctx context.Context, file io.Reader) (dataset.Profile, error) {
			return s.Store.Import(ctx, *intake, imports.Tickets(file, o), nil)
		}, imports.CheckTickets(o)
	}
	panic("api: nothing loads " + d.Name)
}

// reading has a file read into rows, and these taken in.
func reading[R any](intake *store.Intake, o imports.Options, read func(io.Reader, imports.Options) iter.Seq2[R, error],
	take func(context.Context, store.Intake, iter.Seq2[R, error], func(int64)) (dataset.Profile, error)) func(context.Context, io.Reader) (dataset.Profile, error) {
	return func(ctx context.Context, file io.Reader) (dataset.Profile, error) {
		return take(ctx, *intake, read(file, o), nil)
	}
}

// zoneOf is the zone of a file's local times, and the service's own.
func (s *server) zoneOf(ctx context.Context, in *importInput) (zone, usual *time.Location, err error) {
	scope, err := s.Store.ScopeAbout(ctx, resource.Service.Ref(in.Name))
	if err != nil || in.Zone == "" {
		return scope.Zone, scope.Zone, err
	}
	zone, err = calendar.Zone(in.Zone)
	return zone, scope.Zone, err
}
