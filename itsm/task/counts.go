package task

// Counts says how many tasks an inbox has, as they are at one moment.
type Counts struct {
	Open    int `json:"open" db:"open" doc:"Open tasks that one may decide now."`
	Overdue int `json:"overdue" db:"overdue" doc:"Of these, those whose due date is past."`
	Waiting int `json:"waiting" db:"waiting" doc:"Open tasks for others, of runs that one has started or whose service one owns."`
}
