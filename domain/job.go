package domain

import "time"

// A ClaimedJob is a job that one worker holds for a while. Its fence tells a
// worker that lost the lease from the one that has it.
type ClaimedJob struct {
	ID       int64
	World    WorldID
	Kind     JobKind
	Ref      [16]byte
	Attempts int
	Fence    int64
}

// A DueKind is a kind of business date that comes round.
type DueKind string

// The kinds of dates that a world's runner keeps.
const (
	DueCase    DueKind = "case"    // a case is looked at
	DueAccrual DueKind = "accrual" // a month end is posted
	DuePayout  DueKind = "payout"  // a rebate's hold is over
	DueFeed    DueKind = "feed"    // a missing bank statement is noticed
)

// A Due is something to be done at an instant of a world's time.
type Due struct {
	Kind DueKind
	ID   [16]byte
	At   time.Time
}
