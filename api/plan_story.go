package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/planning"
	"turnus/store"
)

type storyOutput struct{ Body planning.Story }

func (s *server) slotStory() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-slot", Method: http.MethodGet, Path: "/v1/plan/{process}/{scope}/{period}", Tags: []string{"Plan"},
		Summary:     "A slot with its runs, and with what is known around it",
		Description: "What the interval says that planned it, and what was done to the slot, is for those who see the inside of its runs. next is when Turnus looks at it again by itself.",
	}}, func(ctx context.Context, in *SlotPath) (*storyOutput, error) {
		slot, err := s.Store.Slot(ctx, in.key())
		if err == nil {
			err = s.caller(ctx).CheckSlot(ctx, slot)
		}
		if err != nil {
			return nil, err
		}
		story, err := s.story(ctx, slot)
		if err != nil {
			return nil, err
		}
		return &storyOutput{story}, nil
	})
}

// story is a slot with what the caller sees around it.
func (s *server) story(ctx context.Context, slot planning.Slot) (planning.Story, error) {
	one := []planning.Slot{slot}
	if err := s.inZones(ctx, one); err != nil {
		return planning.Story{}, err
	}
	story, err := s.Store.StoryOf(ctx, one[0])
	if err != nil {
		return story, err
	}
	scope, err := s.Store.ScopeAbout(ctx, slot.About)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return story, err
	}
	story.Owner = scope.Owner
	who := s.caller(ctx)
	of := who.SelectRuns(store.Runs{Process: slot.Process, Scope: slot.Scope, Period: slot.Period})
	if story.Runs, _, err = s.Store.Runs(ctx, of, store.Page{Limit: maxAttempts}); err != nil {
		return story, err
	}
	return who.ShowStory(ctx, story)
}

// maxAttempts bounds the runs that a slot is shown with: its newest.
const maxAttempts = 100

// inZones names the zone of what each slot is about.
func (s *server) inZones(ctx context.Context, slots []planning.Slot) error {
	zones, err := s.Store.Zones(ctx, slots)
	for i := range slots {
		slots[i].Zone = zones[slots[i].About.String()]
	}
	return err
}
