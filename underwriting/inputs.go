// Package underwriting says what an invoice is worth: when its debtor will
// probably pay (an [Engine] and its [Decision]) and at what price a mandate buys it
// ([Price]). It is pure and it replays: the same stored inputs give the same
// stored bytes. The first model computes in whole numbers only; a fitted one
// computes in floats, and its results are cut to millionths and whole days before
// anything is made of them.
package underwriting

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"comity/domain"
	"comity/money"
)

// Lateness is counted in days after the due date, from 90 before to 180 after;
// whatever is outside is clipped to -90 and to 181, which means later.
const (
	firstDay = -90
	lastDay  = 180
	laterDay = lastDay + 1
)

// Bounds of what an input can say. They are far beyond any real relationship and
// keep every sum of the engine inside 64 bits.
const (
	oldestWeek   = 520
	mostInBucket = 1_000_000
)

// A PaidBucket counts paid invoices of the relationship that were equally late,
// paid equally long ago.
type PaidBucket struct {
	LateDays int // day of payment less due date, -90 to 181; negative is early
	WeeksAgo int // whole weeks from the payment to today, 0 to 520
	Count    int // 0 to 1,000,000
}

// An OpenBucket counts other invoices of the relationship that are open today and
// equally far from their due dates.
type OpenBucket struct {
	DaysPastDue int // today less due date, -90 to 181; negative is not due yet
	Count       int // 0 to 1,000,000
}

// Inputs are everything that a decision depends on, as it was known on Today.
// They hold the relationship's own history only, nothing of other tenants.
type Inputs struct {
	Model     string // which engine: [ModelV1]
	Today     domain.Date
	Issued    domain.Date
	Due       domain.Date
	Basis     money.Amount // the purchase basis (D-14)
	Country   string       // the debtor's, ISO 3166 alpha-2
	LegalType string       // the debtor's, a domain.LegalType
	Paid      []PaidBucket
	Open      []OpenBucket // the invoice that is being assessed is not among them
	Disputed  int          // invoices of the relationship that were ever disputed
	Payments  int          // paid invoices known; read as the sum over Paid when that is more
	Record    *Record      // what a fitted model reads; nil for [ModelV1]
	Velocity  *Velocity    // how fast the pair grows; nil of decisions from before it was looked at
}

// wireInputs is the stored form: whole numbers and strings only.
type wireInputs struct {
	Model      string   `json:"model"`
	Today      string   `json:"today"`
	Issued     string   `json:"issued"`
	Due        string   `json:"due"`
	BasisMinor int64    `json:"basis_minor"`
	Currency   string   `json:"currency"`
	Country    string   `json:"country"`
	LegalType  string   `json:"legal_type"`
	Payments   int      `json:"payments"`
	Disputed   int      `json:"disputed"`
	Paid       [][3]int `json:"paid"` // late days, weeks ago, count
	Open       [][2]int `json:"open"` // days past due, count

	Record   *wireRecord   `json:"record,omitempty"`
	Velocity *wireVelocity `json:"velocity,omitempty"`
}

// Encode returns the stored form of in: JSON whose buckets are clipped, merged
// and sorted, so that equal inputs are equal bytes in whatever order they came.
func (in Inputs) Encode() []byte {
	in = in.canonical()
	wire := wireInputs{
		Model: in.Model, Today: in.Today.String(), Issued: in.Issued.String(), Due: in.Due.String(),
		BasisMinor: in.Basis.Units(), Currency: string(in.Basis.Currency()),
		Country: in.Country, LegalType: in.LegalType, Payments: in.Payments, Disputed: in.Disputed,
		Paid: [][3]int{}, Open: [][2]int{}, Record: in.Record.wire(), Velocity: in.Velocity.wire(),
	}
	for _, b := range in.Paid {
		wire.Paid = append(wire.Paid, [3]int{b.LateDays, b.WeeksAgo, b.Count})
	}
	for _, b := range in.Open {
		wire.Open = append(wire.Open, [2]int{b.DaysPastDue, b.Count})
	}
	return mustMarshal(wire)
}

// ErrStored reports bytes that are not the stored form of inputs, of a decision
// or of terms.
var ErrStored = errors.New("not a stored form of underwriting")

// DecodeInputs reads what [Inputs.Encode] wrote. Anything else, however alike, is
// [ErrStored].
func DecodeInputs(stored []byte) (Inputs, error) {
	var wire wireInputs
	if err := unmarshal(stored, &wire); err != nil {
		return Inputs{}, fmt.Errorf("inputs: %w", err)
	}
	in := Inputs{
		Model: wire.Model, Basis: money.Minor(wire.BasisMinor, money.Currency(wire.Currency)),
		Country: wire.Country, LegalType: wire.LegalType, Payments: wire.Payments, Disputed: wire.Disputed,
		Record: wire.Record.record(), Velocity: wire.Velocity.velocity(money.Currency(wire.Currency)),
	}
	var err error
	if in.Today, in.Issued, in.Due, err = threeDates(wire.Today, wire.Issued, wire.Due); err != nil {
		return Inputs{}, fmt.Errorf("inputs: %w", err)
	}
	for _, b := range wire.Paid {
		in.Paid = append(in.Paid, PaidBucket{LateDays: b[0], WeeksAgo: b[1], Count: b[2]})
	}
	for _, b := range wire.Open {
		in.Open = append(in.Open, OpenBucket{DaysPastDue: b[0], Count: b[1]})
	}
	if !bytes.Equal(in.Encode(), stored) {
		return Inputs{}, fmt.Errorf("inputs are not in canonical form: %w", ErrStored)
	}
	return in, nil
}

// canonical returns in with its buckets clipped, merged, sorted and without
// empty ones, and its counts in bounds.
func (in Inputs) canonical() Inputs {
	paid := map[PaidBucket]int{}
	known := 0
	for _, b := range in.Paid {
		key := PaidBucket{LateDays: clip(b.LateDays, firstDay, laterDay), WeeksAgo: clip(b.WeeksAgo, 0, oldestWeek)}
		paid[key] = clip(paid[key]+clip(b.Count, 0, mostInBucket), 0, mostInBucket)
	}
	open := map[OpenBucket]int{}
	for _, b := range in.Open {
		key := OpenBucket{DaysPastDue: clip(b.DaysPastDue, firstDay, laterDay)}
		open[key] = clip(open[key]+clip(b.Count, 0, mostInBucket), 0, mostInBucket)
	}
	in.Paid, in.Open = nil, nil
	for key, count := range paid {
		if key.Count = count; count > 0 {
			in.Paid = append(in.Paid, key)
			known += count
		}
	}
	for key, count := range open {
		if key.Count = count; count > 0 {
			in.Open = append(in.Open, key)
		}
	}
	slices.SortFunc(in.Paid, func(a, b PaidBucket) int {
		return cmp.Or(cmp.Compare(a.LateDays, b.LateDays), cmp.Compare(a.WeeksAgo, b.WeeksAgo))
	})
	slices.SortFunc(in.Open, func(a, b OpenBucket) int { return cmp.Compare(a.DaysPastDue, b.DaysPastDue) })
	in.Payments = max(known, clip(in.Payments, 0, mostInBucket))
	in.Disputed = clip(in.Disputed, 0, mostInBucket)
	return in
}

// overdue returns how many days the assessed invoice is past due today, 0 when
// it is not.
func (in Inputs) overdue() int {
	if in.Today.IsZero() || in.Due.IsZero() {
		return 0
	}
	return max(0, in.Due.DaysUntil(in.Today))
}

func clip(n, low, high int) int { return min(max(n, low), high) }

func threeDates(first, second, third string) (a, b, c domain.Date, err error) {
	var dates [3]domain.Date
	for i, text := range []string{first, second, third} {
		if text == "" {
			continue
		}
		if dates[i], err = domain.ParseDate(text); err != nil {
			return a, b, c, fmt.Errorf("%w: %w", ErrStored, err)
		}
	}
	return dates[0], dates[1], dates[2], nil
}

func mustMarshal(wire any) []byte {
	stored, err := json.Marshal(wire)
	if err != nil {
		panic(fmt.Sprintf("underwriting: %v", err)) // numbers and strings always marshal
	}
	return stored
}

func unmarshal(stored []byte, wire any) error {
	decoder := json.NewDecoder(bytes.NewReader(stored))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(wire); err != nil {
		return fmt.Errorf("%w: %w", ErrStored, err)
	}
	if decoder.More() {
		return fmt.Errorf("%w: something follows", ErrStored)
	}
	return nil
}
