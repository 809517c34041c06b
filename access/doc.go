// Package access says who may do and see what, for API and pages alike: which
// roles an operation is for (operations.go), and what of it is for whoever asks
// (Caller). Each check gives nil, or an error that says what was refused; that
// a refusal goes on record is up to the caller, which knows what was asked for
// (IsRefusal).
//
// It may import store, report and itsm. Rules that concern a decision itself
// (four eyes, whom a task is for) are in itsm/task.
//
//	c := access.For(st, actor)
//	if err := c.CheckReport(ctx, r); err != nil {
package access
