package underwriting

// A point is a share of invoices, in parts per million, that is paid by a day
// relative to the due date.
type point struct{ day, paid int }

// priorV1 is the general table of model v1: when a business pays an invoice of
// which nothing else is known. The figures are Comity's own and round. They were
// set to be later on every day than the mean of the three payment histories that
// Comity tests with, and no tenant's row is in them. What is not paid by day 180 is
// "later", never a probability of default (D-9).
//
// A change to one figure is a new model: stored decisions must replay.
var priorV1 = []point{
	{-90, 1_000},
	{-60, 2_000},
	{-30, 4_000},
	{-14, 15_000},
	{-7, 40_000},
	{-3, 120_000},
	{-1, 200_000},
	{0, 520_000},
	{1, 610_000},
	{2, 670_000},
	{3, 715_000},
	{5, 775_000},
	{7, 820_000},
	{10, 865_000},
	{14, 900_000},
	{21, 935_000},
	{30, 957_000},
	{45, 974_000},
	{60, 983_000},
	{90, 992_000},
	{120, 996_000},
	{180, 998_000},
}

// priorStrength is how many payments of today the general table weighs as much as.
const priorStrength = 5

// halfLifeWeeks is the age at which a payment counts half.
const halfLifeWeeks = 26

// onePayment is the weight of a payment of today; weights are whole numbers so
// that every machine computes the same decision.
const onePayment = 1_000_000

// decay holds 2^(-w/26) in millionths for w = 0 to 25 weeks.
var decay = [halfLifeWeeks]uint64{
	1_000_000, 973_693, 948_078, 923_136, 898_851, 875_205, 852_180, 829_762, 807_933, 786_679, 765_983, 745_832, 726_211,
	707_107, 688_505, 670_392, 652_756, 635_584, 618_863, 602_583, 586_730, 571_295, 556_266, 541_632, 527_383, 513_509,
}

// weightOf returns the weight of one payment that is some weeks old.
func weightOf(weeksAgo int) uint64 {
	return decay[weeksAgo%halfLifeWeeks] >> (weeksAgo / halfLifeWeeks)
}

// spread returns the table as a share for each day from -90 to 180 and for later,
// in parts per million; what lies between two of its days is spread evenly.
func spread(table []point) [days + 1]uint64 {
	var shares [days + 1]uint64
	shares[0] = uint64(table[0].paid)
	for i := 1; i < len(table); i++ {
		from, to := table[i-1], table[i]
		mass, length := to.paid-from.paid, to.day-from.day
		for n := range length {
			shares[from.day+1+n-firstDay] = uint64(mass*(n+1)/length - mass*n/length)
		}
	}
	shares[days] = uint64(1_000_000 - table[len(table)-1].paid)
	return shares
}
