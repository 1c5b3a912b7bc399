package paytime

// A Family is a group of features that one reason speaks about.
type Family int

// The families.
const (
	FamilyRecord   Family = iota // the debtor's record with this seller
	FamilyRecent                 // how it paid lately, against before
	FamilyOpen                   // its open and overdue invoices
	FamilyTerm                   // the terms, and how it paid on such terms
	FamilyAmount                 // the amount, and how it paid such amounts
	FamilyCalendar               // weekdays, holidays, and where the due day falls
	FamilyRuns                   // the debtor's own payment days
	FamilySegment                // what its register says
	FamilyVolume                 // how long and how often it buys
	FamilyBook                   // how the seller's other customers pay now
	FamilyGeneral                // the shape that every debtor has
	Families       = int(FamilyGeneral) + 1
)

// familyOfStatic holds the family of what is known once for all buckets.
var familyOfStatic = [statics]Family{
	statKnown: FamilyRecord, statThin: FamilyRecord, statCold: FamilyRecord,
	statOverdue: FamilyOpen, statMostOverdue: FamilyOpen, statMeanOverdue: FamilyOpen, statOverdueShare: FamilyOpen, statOpen: FamilyOpen,
	statShortTrend: FamilyRecent, statLastTrend: FamilyRecent, statLast3Trend: FamilyRecent,
	statAmountTrend: FamilyAmount, statTermTrend: FamilyTerm,
	statMean: FamilyRecord, statLateAll: FamilyRecord, statLateShort: FamilyRecent, statLateLast: FamilyRecent, statLate5: FamilyRecord,
	statAmountRelative: FamilyAmount, statAmount: FamilyAmount, statTerm: FamilyTerm,
	statSameDay: FamilyVolume, statIssued30: FamilyVolume, statSinceLast: FamilyVolume, statTenure: FamilyVolume,
	statSurpriseMost: FamilyOpen, statSurprise: FamilyOpen, statSurpriseRoot: FamilyOpen,
	statBook: FamilyBook, statPriorCold: FamilySegment, statOverdueUnusual: FamilyOpen, statAmountLate: FamilyAmount,
	statPrior: FamilySegment,
}
