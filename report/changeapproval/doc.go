// Package changeapproval is the document that an approver of a change of the
// plan decides on: the proposal of an interval or a waiver, beside what holds,
// with what it would do to the plan; and of what else is proposed: what published
// reports stand on, that an import doesn't count any more, a continuity plan. It
// may import report and itsm.
//
//	d, err := changeapproval.Draft(change)
package changeapproval
