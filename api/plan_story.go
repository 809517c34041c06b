package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"turnus/itsm/fault"
	"turnus/itsm/planning"
)

type storyOutput struct{ Body planning.Story }

func (s *server) slotStory() {
	register(s, operation{Operation: huma.Operation{
		OperationID: "get-slot", Method: http.MethodGet, Path: "/v1/plan/{process}/{scope}/{period}", Tags: []string{"Plan"},
		Summary:     "A slot with its runs, and with what is known around it",
		Description: "What the interval says that planned it, and what was done to the slot, is for those who see the inside of its runs. next is when Turnus looks at it again by itself.",
	}}, func(ctx context.Context, in *SlotPath) (*storyOutput, error) {
		slot, err := s.Store.Slot(ctx, in.key())
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
	if story.Runs, err = s.Store.Attempts(ctx, slot.Key); err != nil {
		return story, err
	}
	who := s.caller(ctx)
	for i := range story.Runs {
		if story.Runs[i], err = who.ShowRun(ctx, story.Runs[i]); err != nil {
			return story, err
		}
	}
	inside, err := who.SeesInside(ctx, slot.About)
	if !inside {
		story.Plan, story.Paused, story.History = nil, nil, nil
	}
	return story, err
}

// inZones names the zone of what each slot is about.
func (s *server) inZones(ctx context.Context, slots []planning.Slot) error {
	zones, err := s.Store.Zones(ctx, slots)
	for i := range slots {
		slots[i].Zone = zones[slots[i].About.String()]
	}
	return err
}
