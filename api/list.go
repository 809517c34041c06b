package api

import "turnus/store"

// Page asks for a part of a list.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many items at most."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"Where to go on: next of the part before."`
}

func (p Page) store() store.Page { return store.Page{Limit: p.Limit, Cursor: p.Cursor} }

// List is a part of a list.
type List[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"The cursor of the next part; null at the end."`
}

type listed[T any] struct{ Body List[T] }

// items answers with a part of a list.
func items[T any](all []T, next string, err error) (*listed[T], error) {
	if err != nil {
		return nil, err
	}
	if all == nil {
		all = []T{}
	}
	l := List[T]{Items: all}
	if next != "" {
		l.Next = &next
	}
	return &listed[T]{l}, nil
}
