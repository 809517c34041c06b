// Package improvement is the documents of an improvement: the plan that an
// approver decides on, a correction that is enough, a finding that isn't taken
// up, and the record of what was done and whether it worked. What was answered
// is collected elsewhere (activities); here it becomes a document, always the
// same one. It may import report and itsm.
//
//	d, err := improvement.Draft(frozen)
package improvement
