package ledger

import (
	"errors"
	"fmt"

	"comity/domain"
	"comity/money"
)

// A Kind says which event a journal records. The words are stored and are part
// of the API: they are never renamed.
type Kind string

// The kinds of journal there are; the numbers are those of DOMAIN 3.8 and D-1.
const (
	KindPurchase          Kind = "e1_purchase"
	KindCharges           Kind = "e2_charges"
	KindInstruct          Kind = "e3a_instruct"
	KindDisburse          Kind = "e3b_disburse"
	KindAccrueFee         Kind = "e4_accrue"
	KindEarnRest          Kind = "e4_rest"
	KindCollect           Kind = "e5_collect"
	KindSweep             Kind = "e5s_sweep"
	KindSettle            Kind = "e6_settle"
	KindRebateInstruct    Kind = "e7a_rebate_instruct"
	KindRebatePaid        Kind = "e7b_rebate_paid"
	KindUnidentified      Kind = "v8_unidentified"
	KindApplyUnidentified Kind = "v8_apply"
	KindApplyCard         Kind = "v8c_apply_card"
	KindCredit            Kind = "v1_credit"
	KindPartRecourse      Kind = "v2_part_recourse"
	KindRecourse          Kind = "v4_recourse"
	KindRecoursePaid      Kind = "v4p_recourse_paid"
	KindCollectHeld       Kind = "v4d_collect_held"
	KindPassOn            Kind = "v4d_pass_on"
	KindPassInstruct      Kind = "v4d_pass_instruct"
	KindPassPaid          Kind = "v4d_pass_paid"
	KindForgive           Kind = "v13_forgive"
	KindWaiveFee          Kind = "v16_waive_fee"
	KindWriteOff          Kind = "v5_write_off"
	KindReversal          Kind = "reversal"
)

// Kinds returns every kind of journal there is.
func Kinds() []Kind {
	return []Kind{
		KindPurchase, KindCharges, KindInstruct, KindDisburse, KindAccrueFee, KindEarnRest, KindCollect, KindSweep,
		KindSettle, KindRebateInstruct, KindRebatePaid, KindUnidentified, KindApplyUnidentified, KindApplyCard,
		KindCredit, KindPartRecourse, KindRecourse, KindRecoursePaid, KindCollectHeld, KindPassOn, KindPassInstruct, KindPassPaid,
		KindForgive, KindWaiveFee, KindWriteOff, KindReversal,
	}
}

// A Posting moves one account: a positive Amount debits it, a negative one
// credits it.
type Posting struct {
	Account Account
	Amount  money.Amount
}

// A Journal is one event in the books: postings in one currency that sum to
// zero. Effective is the value date, the month end or the day that the rule
// names, in the factor's zone; when it became known is not the journal's to say.
type Journal struct {
	Kind      Kind
	Effective domain.Date
	Postings  []Posting
}

// ErrUnbalanced reports a journal that may not be posted.
var ErrUnbalanced = errors.New("not a journal")

// Check reports why j may not be posted: no kind or day, fewer than two postings,
// an unknown account, a posting of nothing, two currencies, or a sum that is not
// zero. The error wraps [ErrUnbalanced]; it is a fault, never a refusal.
func (j Journal) Check() error {
	if j.Kind == "" || j.Effective.IsZero() {
		return fmt.Errorf("%s: kind or effective day is missing: %w", j, ErrUnbalanced)
	}
	if len(j.Postings) < 2 {
		return fmt.Errorf("%s: fewer than two postings: %w", j, ErrUnbalanced)
	}
	currency := j.Postings[0].Amount.Currency()
	sum := money.Minor(0, currency)
	for _, p := range j.Postings {
		switch {
		case !p.Account.Known():
			return fmt.Errorf("%s: no account %q: %w", j, p.Account, ErrUnbalanced)
		case p.Amount.IsZero():
			return fmt.Errorf("%s: a posting of nothing to %s: %w", j, p.Account, ErrUnbalanced)
		case p.Amount.Currency() != currency:
			return fmt.Errorf("%s: %s beside %s: %w", j, p.Amount.Currency(), currency, ErrUnbalanced)
		}
		sum = sum.Plus(p.Amount)
	}
	if !sum.IsZero() {
		return fmt.Errorf("%s: off by %s: %w", j, sum, ErrUnbalanced)
	}
	return nil
}

// String names j for an error message: "e5_collect of 2026-03-10".
func (j Journal) String() string { return string(j.Kind) + " of " + j.Effective.String() }

// Total returns what j debits altogether: the size of the event. It is for a
// journal that passes [Journal.Check].
func (j Journal) Total() money.Amount {
	var total money.Amount
	for i, p := range j.Postings {
		if i == 0 {
			total = money.Minor(0, p.Amount.Currency())
		}
		if p.Amount.Positive() {
			total = total.Plus(p.Amount)
		}
	}
	return total
}

func debit(a Account, amount money.Amount) Posting { return Posting{a, amount} }

func credit(a Account, amount money.Amount) Posting { return Posting{a, amount.Negated()} }

// journal leaves out parts of nothing: a purchase without a reserve has no
// reserve posting.
func journal(kind Kind, on domain.Date, parts ...Posting) Journal {
	j := Journal{Kind: kind, Effective: on}
	for _, part := range parts {
		if !part.Amount.IsZero() {
			j.Postings = append(j.Postings, part)
		}
	}
	return j
}
