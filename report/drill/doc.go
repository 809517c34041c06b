// Package drill is the documents of a continuity drill: how it is planned, for
// its approver, and what it proved, for an auditor. What was answered is collected
// elsewhere (activities); here it becomes a document, always the same one. It may
// import report and itsm.
//
//	d, err := drill.Draft(frozen)
package drill
