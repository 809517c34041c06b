package dataset

// Seen is what is kept of an import's rows, to hold later ones and agreements
// against.
type Seen struct {
	Values map[string][]Value `json:"values,omitempty"` // by field, and "state": the most frequent values, 1,000 a field at most
	More   []string           `json:"more,omitempty"`   // fields with more values than that
	Days   map[string]int64   `json:"days,omitempty"`   // rows by the date of their opening, in the zone of the service
	Rows   int64              `json:"rows"`             // that make sense
	Full   bool               `json:"full,omitempty"`   // the file was a full delivery
}
