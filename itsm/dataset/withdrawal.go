package dataset

import (
	"time"

	"turnus/itsm/resource"
	"turnus/itsm/task"
	"turnus/itsm/text"
)

// Withdrawn is the kind under which the withdrawal of an import is proposed, by
// the import's number: nobody declares it.
const Withdrawn resource.Kind = "Import"

// WithdrawalSpec is what such a proposal says.
type WithdrawalSpec struct {
	Service string `json:"service"`
	Dataset string `json:"dataset,omitempty"` // left out: tickets
	Reason  string `json:"reason"`
}

// Withdrawal is what an approver decides on: that what an import said doesn't
// count any more.
type Withdrawal struct {
	Run     string       `json:"run"`
	Round   int          `json:"round"`
	About   resource.Ref `json:"about"` // the service
	Title   text.Text    `json:"title"` // of that
	Zone    string       `json:"zone"`
	Hash    string       `json:"hash"` // of the proposal's document
	Import  Import       `json:"import"`
	Newest  int64        `json:"newest"` // import of the dataset
	Reason  string       `json:"reason"`
	By      string       `json:"by"`
	At      time.Time    `json:"at"`      // when this was looked at
	Changed int64        `json:"changed"` // keys of which something else would be known
	Gone    int64        `json:"gone"`    // those of them of which nothing would be known any more

	Reports []ReportOn `json:"reports"` // in force, that stand on the import
}

// ReportOn is a published report.
type ReportOn struct {
	Period  string `json:"period"`
	Run     string `json:"run"`
	Version int    `json:"version"`
}

// Basis is what a withdrawal stands on besides its proposal: everything that was
// imported of the dataset, since what is known is made anew from that.
func (w Withdrawal) Basis() task.Basis {
	b := task.Basis{About: w.About, At: w.At, Import: w.Newest}
	if w.Import.Dataset != "" {
		b.Datasets = []string{w.Import.Dataset}
	}
	return b
}
