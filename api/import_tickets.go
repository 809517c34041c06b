package api

import (
	"context"

	"turnus/imports"
	"turnus/itsm/calendar"
	"turnus/itsm/fault"
	"turnus/itsm/resource"
	"turnus/itsm/ticket"
	"turnus/store"
)

// importTickets loads the body once it is there as a whole.
func (s *server) importTickets(ctx context.Context, in *importInput) (*importOutput, error) {
	if err := s.caller(ctx).CheckImporter(ctx, in.Name); err != nil {
		return nil, err
	}
	o, err := s.ticketOptions(ctx, in)
	if err != nil {
		return nil, err
	}
	who := actorOf(ctx)
	file, err := s.receive(ctx, in.ctx, maxImport)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	i, err := s.Store.Import(ctx, store.Intake{
		Service: in.Name, Format: in.Format, Union: imports.Union(in.Format), AsOf: in.AsOf,
		By: who.Person, Token: who.Token, Issuer: who.Issuer, Now: s.Now(),
	}, imports.Tickets(file, o), nil)
	if err != nil {
		return nil, err
	}
	return &importOutput{i.Import}, nil
}

func (s *server) ticketOptions(ctx context.Context, in *importInput) (o imports.TicketOptions, err error) {
	o.Format, o.Now = in.Format, s.Now()
	if in.Mapping != "" {
		m, err := store.Current[ticket.Mapping](ctx, s.Store, resource.Mapping, in.Mapping)
		if fault.Is(err, fault.NotFound) {
			return o, fault.Invalidf("mapping", "there is no mapping %.80q: declare it first, PUT /v1/mappings/NAME",
				"Eine Zuordnung %.80q gibt es nicht: Zuerst anlegen, PUT /v1/mappings/NAME.", in.Mapping)
		} else if err != nil {
			return o, err
		}
		o.Mapping = m.Spec
	}
	if err := imports.CheckTickets(o); err != nil {
		return o, err
	}
	if in.Zone != "" {
		o.Zone, err = calendar.Zone(in.Zone)
		return o, err
	}
	scope, err := s.Store.ScopeAbout(ctx, resource.Service.Ref(in.Name))
	o.Zone = scope.Zone
	return o, err
}
