// Package verify is the table of the processes whose reports have receipts:
// what writes such a file for a report, and what computes one anew. It is pure,
// and may import report, the rooms of the processes, report/receipt and itsm.
//
//	verdict, err := verify.Receipt(file)
package verify

import (
	"io"

	"turnus/itsm/process"
	"turnus/report/availabilityreview"
	"turnus/report/receipt"
	"turnus/report/slareport"
)

// Process gives what a process brings to the receipts of its reports; false
// where they have none.
func Process(name string) (receipt.Process, bool) {
	switch name {
	case process.SLAReport:
		return slareport.Receipts(), true
	case process.AvailabilityReview:
		return availabilityreview.Receipts(), true
	}
	return receipt.Process{}, false
}

// Receipt computes everything in a file of receipts anew (receipt.Verify).
func Receipt(r io.Reader) (receipt.Result, error) { return receipt.Verify(r, Process) }
