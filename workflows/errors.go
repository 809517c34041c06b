package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"turnus/itsm/fault"
)

// Refuse carries a fault through Temporal. One that may pass by itself is
// tried again; the others are not.
func Refuse(f *fault.Error) error {
	return temporal.NewApplicationErrorWithOptions(f.Error(), string(f.Code), temporal.ApplicationErrorOptions{
		NonRetryable: f.Code != fault.Unavailable,
		Details:      []any{*f},
	})
}

// FaultOf is the inverse of Refuse; nil for an error that carries no fault.
func FaultOf(err error) *fault.Error {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || !app.HasDetails() {
		return nil
	}
	var f fault.Error
	if app.Details(&f) != nil || f.Code == "" {
		return nil //nolint:nilerr // details of another kind: no fault, which is the answer
	}
	return &f
}
