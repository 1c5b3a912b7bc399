package domain

import (
	"slices"
	"time"
)

// An Agency is somebody external who may be asked to speak with a debtor (F-82): the platform keeps
// the register, and a world sees its own.
type Agency struct {
	ID        AgencyID
	World     WorldID
	Version   int
	Name      string
	Countries []string // ISO 3166-1 alpha-2, where its licence lets it act
	Licence   Licence
	Code      CodeOfConduct
	Email     string
	MadeAt    time.Time

	SuspendedAt     time.Time // zero: it is not
	SuspendedReason string

	Complaints int  // of the last twelve months that no operator cleared
	HandOvers  int  // to it, in the last twelve months
	Today      Date // of its world, in UTC: what the two counts and the page go by
}

// A Licence is what lets an agency act.
type Licence struct {
	Authority  string
	Number     string
	ValidUntil Date // the last day
}

// A CodeOfConduct is what an agency signed.
type CodeOfConduct struct {
	Name       string
	SignedOn   Date
	ValidUntil Date // the last day
}

// An Unfit is why an agency may not be asked.
type Unfit string

// The reasons there are.
const (
	UnfitLicence    Unfit = "licence_expired"
	UnfitCode       Unfit = "code_expired"
	UnfitSuspended  Unfit = "suspended"
	UnfitComplaints Unfit = "complaints"
)

// An agency is blocked by its complaints when there are three of them and more than one in twenty of
// its hand-overs led to one, over twelve months.
const (
	ComplaintsEnough = 3
	ComplaintsShare  = 5 // per cent of its hand-overs
)

// Unfit returns why the agency may not be asked on a day; nothing when it may.
func (a Agency) Unfit(on Date) []Unfit {
	var why []Unfit
	if a.Licence.ValidUntil.Before(on) {
		why = append(why, UnfitLicence)
	}
	if a.Code.ValidUntil.Before(on) || on.Before(a.Code.SignedOn) {
		why = append(why, UnfitCode)
	}
	if !a.SuspendedAt.IsZero() {
		why = append(why, UnfitSuspended)
	}
	if a.Complaints >= ComplaintsEnough && a.Complaints*100 > ComplaintsShare*a.HandOvers {
		why = append(why, UnfitComplaints)
	}
	return why
}

// ActsIn reports whether the agency may act in a country.
func (a Agency) ActsIn(country string) bool { return slices.Contains(a.Countries, country) }

// Check refuses with [ErrInvalid] an agency that lacks something, or whose days are out of order.
func (a Agency) Check() error {
	if len(a.Countries) == 0 {
		return ErrInvalid.At("/countries", "required", "at least one country in which it may act")
	}
	if a.Code.ValidUntil.Before(a.Code.SignedOn) {
		return ErrInvalid.At("/code_of_conduct/valid_until", "out-of-order", "not before the day on which it was signed")
	}
	return nil
}

// An AgencyComplaint is what somebody said against how an agency treated a debtor.
type AgencyComplaint struct {
	ID         AgencyComplaintID
	Agency     AgencyID
	Escalation EscalationID
	Side       string // who complains: debtor, factor or platform
	Said       string
	By         UserID // zero: the debtor
	At         time.Time
}
