package marketplace_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
)

// disputed enters a dispute of a part, answered as the seller would credit it; a credit is agreed to by the debtor.
func (m *market) disputed(deal domain.DealID, minor, offered int64) domain.DisputeID {
	m.t.Helper()
	id := domain.New[domain.DisputeID]()
	m.exec(`INSERT INTO disputes (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, reason, said, raised_at, position, offered_minor, answered_at, agreed_at)
		SELECT $1, case_id, factor_id, seller_id, id, 'answered', currency, $3, 'damaged', 'wet', $4, CASE WHEN $5 = 0 THEN 'rejects' ELSE 'partly' END, $5, $4, CASE WHEN $5 > 0 THEN $4::timestamptz END FROM deals WHERE id = $2`,
		id.UUID, deal.UUID, minor, m.now, offered)
	m.exec(`INSERT INTO holds (id, case_id, factor_id, seller_id, deal_id, code, amount_minor, cause_kind, cause_id, created_at)
		SELECT gen_random_uuid(), case_id, factor_id, seller_id, deal_id, 'disputed_part', amount_minor, 'dispute', id, raised_at FROM disputes WHERE id = $1`, id.UUID)
	return id
}

func (m *market) resolve(id domain.DisputeID, how marketplace.Resolution) error {
	once := domain.Once[domain.Dispute]{Route: "r", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(domain.Dispute) domain.Answer { return domain.Answer{Status: 200, Body: []byte("{}")} }}
	_, err := m.service.ResolveDispute(m.t.Context(), m.as(m.factor), id, how, once)
	return err
}

// giveBack asks for a recourse, and agree lets a second person exercise it.
func (m *market) giveBack(deal domain.DealID, asked marketplace.RecourseRequest) (domain.Recourse, error) {
	var kept domain.Recourse
	asked.Evidence = "seen"
	once := domain.Once[domain.Recourse]{Route: "p", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(r domain.Recourse) domain.Answer {
		kept = r
		return domain.Answer{Status: 201, Body: []byte("{}")}
	}}
	_, err := m.service.ProposeRecourse(m.t.Context(), m.as(m.factor), deal, asked, once)
	return kept, err
}

func (m *market) agree(id domain.RecourseID) domain.Recourse {
	m.t.Helper()
	second := m.factor
	second.User = domain.New[domain.UserID]()
	return keep(m, func(ctx context.Context, once domain.Once[domain.Recourse]) (domain.Answer, error) {
		return m.service.CheckRecourse(ctx, m.as(second), id, true, once)
	})
}

func (m *market) recourses(deal domain.DealID, by domain.Caller) []domain.Recourse {
	m.t.Helper()
	list, err := m.service.Recourses(m.t.Context(), m.as(by), deal)
	must(m.t, err)
	return list
}

// TestRecourseForSlowPayment holds D-5 and D-16: the right opens at the end of the recourse day and
// lapses 30 days later; two people exercise it; the seller owes what the offer said, and pays in
// parts; title is held until the last one, and goes back in its commit.
func TestRecourseForSlowPayment(t *testing.T) {
	m, deal := funded(t)
	slow := marketplace.RecourseRequest{Reason: domain.RecourseSlowPay}
	for when, open := range map[string]bool{"2026-05-06T15:00:00Z": false, "2026-06-06T15:00:00Z": false, "2026-06-05T15:00:00Z": true} {
		m.now = at(when)
		r, err := m.giveBack(deal.ID, slow)
		if (err == nil) != open || err != nil && !errors.Is(err, domain.ErrWrongState) {
			t.Errorf("%s: %v", when, err)
		}
		if open {
			keep(m, func(ctx context.Context, once domain.Once[domain.Recourse]) (domain.Answer, error) {
				return m.service.CheckRecourse(ctx, m.as(m.factor), r.ID, false, once)
			})
		}
	}
	m.now = at("2026-05-07T15:00:00Z")
	r, err := m.giveBack(deal.ID, slow)
	must(t, err)
	if _, err := m.giveBack(deal.ID, slow); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a second recourse beside the first: %v", err)
	}
	if n := len(m.recourses(deal.ID, m.seller)); n != 0 {
		t.Errorf("the seller sees %d that nobody agreed to", n)
	}
	once := domain.Once[domain.Recourse]{Answer: func(domain.Recourse) domain.Answer { return domain.Answer{Status: 200} }}
	if _, err := m.service.CheckRecourse(t.Context(), m.as(m.factor), r.ID, true, once); !errors.Is(err, domain.ErrTwoPeople) {
		t.Errorf("one person: %v", err)
	}
	r = m.agree(r.ID)
	if r.Status != domain.RecourseExercised || r.Claim != money.Minor(940_000, "USD") { // the offer's repurchase price on the recourse day
		t.Errorf("%s, claim %s", r.Status, r.Claim)
	}
	m.book("exercised", map[ledger.Account]int64{
		ledger.FactoredReceivables: 0, ledger.AccruedFees: 0, ledger.Reserve: 0, ledger.SellerRecourse: 940_000, ledger.DiscountFeeIncome: -90_000,
	})
	if d := m.status(deal.ID); d.Status != domain.DealChargedBack || !d.Open.IsZero() {
		t.Errorf("the deal is %s with %s open", d.Status, d.Open)
	}
	m.now = at("2026-05-12T11:00:00Z")
	m.statement("000333444", "2026-05-11", 0, 400_000, formats.BankLine{Remittance: r.Reference.Grouped(), Counterparty: "Marlow"})
	m.book("a part is paid", map[ledger.Account]int64{ledger.SellerRecourse: 540_000, ledger.CashCollection: 0})
	m.statement("000333444", "2026-05-12", 400_000, 540_100, formats.BankLine{Remittance: r.Reference.Grouped(), Counterparty: "Marlow"})
	m.book("too much is for a person", map[ledger.Account]int64{ledger.SellerRecourse: 540_000, ledger.UnappliedCash: -540_100})
	m.statement("000333444", "2026-05-13", 940_100, 540_000, formats.BankLine{References: []string{r.Reference.String()}})
	m.book("paid", map[ledger.Account]int64{ledger.SellerRecourse: 0, ledger.CashCollection: 540_100})
	if r := m.recourses(deal.ID, m.seller)[0]; r.Status != domain.RecourseReassigned || r.Owed().Positive() {
		t.Errorf("the seller sees %s, %s owed", r.Status, r.Owed())
	}
}

// TestADebtorPaysWhatWasGivenBack holds the V4d and V4e of D-5: while title is held its money pays
// what the seller owes and the rest is the seller's; afterwards all of it is, and it is passed on. It holds F-42.
func TestADebtorPaysWhatWasGivenBack(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-05-07T15:00:00Z")
	r, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseSlowPay})
	must(t, err)
	m.agree(r.ID)
	m.now = at("2026-05-12T11:00:00Z")
	m.statement("000333444", "2026-05-11", 0, 990_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("paid while title is held", map[ledger.Account]int64{
		ledger.SellerRecourse: 0, ledger.PassThroughPayable: 0, ledger.PaymentsInTransit: -50_000, ledger.CashCollection: 50_000,
	})
	if r := m.recourses(deal.ID, m.factor)[0]; r.Status != domain.RecourseReassigned || r.Paid != money.Minor(940_000, "USD") {
		t.Errorf("%s, paid %s", r.Status, r.Paid)
	}
	m.statement("000333444", "2026-05-12", 990_000, -50_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayPassThrough)})
	m.book("the rest is the seller's", map[ledger.Account]int64{ledger.PaymentsInTransit: 0, ledger.CashCollection: 0})
	m.now = at("2026-05-20T11:00:00Z")
	m.statement("000333444", "2026-05-19", 940_000, 10_500, formats.BankLine{References: []string{deal.Reference.String()}})
	m.book("after release all of the part is passed on, and more is for a person", map[ledger.Account]int64{
		ledger.PaymentsInTransit: -10_000, ledger.CashCollection: 10_500, ledger.SellerRecourse: 0, ledger.UnappliedCash: -500,
	})
	m.statement("000333444", "2026-05-20", 950_500, 500, formats.BankLine{References: []string{deal.Reference.String()}})
	m.book("nothing is left to be paid", map[ledger.Account]int64{ledger.UnappliedCash: -1_000})
}

// partGivenBack is a deal of which 2,000.00 was given back: the reserve bore 1,020.00, the seller owes 980.00.
func partGivenBack(t *testing.T) (*market, domain.Deal, domain.Recourse) {
	t.Helper()
	m, deal := funded(t)
	m.now = at("2026-03-10T15:00:00Z")
	dispute := m.disputed(deal.ID, 200_000, 0)
	m.now = at("2026-03-25T15:00:00Z")
	r, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseDispute, Dispute: dispute})
	must(t, err)
	return m, deal, m.agree(r.ID)
}

// TestADebtorPaysThePartThatWasGivenBackToo holds D-5 for a part: who pays the whole invoice after
// all pays what is open, then what the seller owes for the part, and the rest is the seller's; the
// deal is settled once that reached it.
func TestADebtorPaysThePartThatWasGivenBackToo(t *testing.T) {
	m, deal, _ := partGivenBack(t)
	m.now = at("2026-03-27T11:00:00Z")
	m.statement("000333444", "2026-03-26", 0, 1_000_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("all in one sum", map[ledger.Account]int64{
		ledger.FactoredReceivables: 0, ledger.SellerRecourse: 0, ledger.UnappliedCash: 0, ledger.Reserve: 0, ledger.PaymentsInTransit: -102_000, ledger.CashCollection: 102_000,
	})
	if r := m.recourses(deal.ID, m.seller)[0]; r.Status != domain.RecourseReassigned || r.Collected != r.Part {
		t.Errorf("the part is %s, %s of it collected", r.Status, r.Collected)
	}
	if d := m.status(deal.ID); d.Status != domain.DealPaidOut || !d.Open.IsZero() {
		t.Errorf("before the seller has its money the deal is %s", d.Status)
	}
	m.statement("000333444", "2026-03-27", 1_000_000, -102_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayPassThrough)})
	if d := m.status(deal.ID); d.Status != domain.DealSettled {
		t.Errorf("the deal is %s", d.Status)
	}
	m.book("settled", map[ledger.Account]int64{ledger.PaymentsInTransit: 0, ledger.CashCollection: 0})
}

// TestAPartIsPaidAfterItsDealIsSettled holds the V4e of D-5: the seller paid its claim, the deal is
// settled, and what the debtor then pays for the part is passed on whole. The limits are freed once.
func TestAPartIsPaidAfterItsDealIsSettled(t *testing.T) {
	m, deal, r := partGivenBack(t)
	m.now = at("2026-03-27T11:00:00Z")
	m.statement("000333444", "2026-03-26", 0, 98_000, formats.BankLine{Remittance: r.Reference.String()})
	m.statement("000333444", "2026-03-27", 98_000, 800_000, formats.BankLine{Remittance: "MP-1042"})
	if d := m.status(deal.ID); d.Status != domain.DealSettled {
		t.Fatalf("the deal is %s", d.Status)
	}
	m.now = at("2026-04-02T11:00:00Z")
	m.statement("000333444", "2026-04-01", 898_000, 200_000, formats.BankLine{Remittance: "MP-1042, the rest"})
	m.book("the part is paid", map[ledger.Account]int64{ledger.PaymentsInTransit: -200_000, ledger.CashCollection: 200_000, ledger.UnappliedCash: 0})
	m.statement("000333444", "2026-04-02", 1_098_000, -200_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayPassThrough)})
	m.book("and passed on", map[ledger.Account]int64{ledger.PaymentsInTransit: 0, ledger.CashCollection: 0})
}

// TestAPersonSaysWhichPartMoneyIsFor holds D-5 and D-12: unidentified money may be what the seller
// owes for a part, or the debtor's for it, at most what is owed and what the part is; it was moved
// on with that and is not undone.
func TestAPersonSaysWhichPartMoneyIsFor(t *testing.T) {
	m, deal, r := partGivenBack(t)
	m.now = at("2026-03-27T11:00:00Z")
	m.statement("000333444", "2026-03-26", 0, 210_000, formats.BankLine{Remittance: "no word of what for"})
	receipt := m.receipts()[0].ID
	try := func(how marketplace.Application) error {
		how.Deal = deal.ID
		once := domain.Once[marketplace.Applied]{Route: "a", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(marketplace.Applied) domain.Answer { return domain.Answer{Status: 200, Body: []byte("{}")} }}
		_, err := m.service.ApplyReceipt(t.Context(), m.as(m.factor), receipt, how, once)
		return err
	}
	usd := func(minor int64) money.Amount { return money.Minor(minor, "USD") }
	for what, refused := range map[string]struct {
		how  marketplace.Application
		with error
	}{
		"more than the claim":    {marketplace.Application{Recourse: r.ID, Seller: true, Amount: usd(98_001)}, domain.ErrMoreThanOpen},
		"more than the part":     {marketplace.Application{Recourse: r.ID, Amount: usd(200_001)}, domain.ErrMoreThanOpen},
		"a part of another deal": {marketplace.Application{Recourse: domain.New[domain.RecourseID](), Amount: usd(1)}, domain.ErrInvalid},
		"a claim without a part": {marketplace.Application{Seller: true, Amount: usd(1)}, domain.ErrInvalid},
	} {
		if err := try(refused.how); !errors.Is(err, refused.with) {
			t.Errorf("%s: %v", what, err)
		}
	}
	must(t, try(marketplace.Application{Recourse: r.ID, Seller: true, Amount: usd(48_000)}))
	m.book("the seller paid a part of its claim", map[ledger.Account]int64{ledger.SellerRecourse: 50_000, ledger.UnappliedCash: -162_000, ledger.FactoredReceivables: 800_000, ledger.CashCollection: 162_000})
	must(t, try(marketplace.Application{Recourse: r.ID, Amount: usd(150_000)}))
	m.book("the debtor paid most of the part", map[ledger.Account]int64{
		ledger.SellerRecourse: 0, ledger.UnappliedCash: -12_000, ledger.FactoredReceivables: 800_000, ledger.PaymentsInTransit: -100_000, ledger.CashCollection: 112_000,
	})
	must(t, try(marketplace.Application{Amount: usd(12_000)}))
	m.book("and some of what is open", map[ledger.Account]int64{ledger.UnappliedCash: 0, ledger.FactoredReceivables: 788_000})
	for range 2 { // the last can be undone, what was moved on cannot
		keepErr := func() error {
			once := domain.Once[domain.Receipt]{Route: "u", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(domain.Receipt) domain.Answer { return domain.Answer{Status: 200, Body: []byte("{}")} }}
			_, err := m.service.UndoReceipt(t.Context(), m.as(m.factor), receipt, once)
			return err
		}()
		if open := m.status(deal.ID).Open; open != usd(800_000) || keepErr != nil && !errors.Is(keepErr, domain.ErrAlreadySettled) {
			t.Errorf("%s is open, undone with %v", open, keepErr)
		}
	}
	if left := m.receipts()[0].Unapplied; left != usd(12_000) {
		t.Errorf("%s is left", left)
	}
}

// TestAPartIsReleasedOnce holds D-5 where a clock stands still, as in a sandbox: money for a part that is the seller's
// again, in the instant in which it became so, tells the debtor no second time.
func TestAPartIsReleasedOnce(t *testing.T) {
	m, deal, r := partGivenBack(t)
	m.now = at("2026-03-27T11:00:00Z")
	m.statement("000333444", "2026-03-26", 0, 210_000, formats.BankLine{Remittance: "no word of what for"})
	receipt := m.receipts()[0].ID
	for _, how := range []marketplace.Application{
		{Deal: deal.ID, Recourse: r.ID, Seller: true, Amount: money.Minor(98_000, "USD")}, {Deal: deal.ID, Recourse: r.ID, Amount: money.Minor(50_000, "USD")},
	} {
		keep(m, func(ctx context.Context, once domain.Once[marketplace.Applied]) (domain.Answer, error) {
			return m.service.ApplyReceipt(ctx, m.as(m.factor), receipt, how, once)
		})
	}
	var told int
	must(t, m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM updates WHERE kind = 'released'`).Scan(&told))
	if told != 1 {
		t.Errorf("the debtor is told %d times", told)
	}
}

// TestRecourseForADisputedPart holds the V2 of D-11 and D-5: only the disputed part goes back, after
// 14 days; the free reserve pays first, the fee stays secured; the rest is collected as before, and
// the deal is settled only when the seller has paid too.
func TestRecourseForADisputedPart(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-10T15:00:00Z") // day 33
	dispute := m.disputed(deal.ID, 200_000, 0)
	asked := marketplace.RecourseRequest{Reason: domain.RecourseDispute, Dispute: dispute}
	m.now = at("2026-03-24T15:00:00Z")
	if _, err := m.giveBack(deal.ID, asked); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("on the last day for a cure: %v", err)
	}
	m.now = at("2026-03-25T15:00:00Z") // day 48: 300 + 100 + 1 % of 8,000 are owed
	r, err := m.giveBack(deal.ID, asked)
	must(t, err)
	if r.Part != money.Minor(200_000, "USD") {
		t.Errorf("%s is given back", r.Part)
	}
	r = m.agree(r.ID)
	if r.Claim != money.Minor(98_000, "USD") { // 2,000 less the 1,020 of the reserve that the fee leaves free
		t.Errorf("the claim is %s", r.Claim)
	}
	m.book("a part is given back", map[ledger.Account]int64{ledger.FactoredReceivables: 800_000, ledger.Reserve: -48_000, ledger.SellerRecourse: 98_000})
	var status, outcome string
	must(t, m.db.QueryRowContext(t.Context(), `SELECT status, outcome FROM disputes`).Scan(&status, &outcome))
	if status != "resolved" || outcome != "given_back" {
		t.Errorf("the dispute is %s as %s", status, outcome)
	}
	m.now = at("2026-03-27T11:00:00Z")
	m.statement("000333444", "2026-03-26", 0, 800_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("the rest is paid", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.Reserve: 0, ledger.AccruedFees: 0, ledger.RebatePayable: 0, ledger.DiscountFeeIncome: -48_000})
	if d := m.status(deal.ID); d.Status != domain.DealPaidOut {
		t.Errorf("the seller owes and the deal is %s", d.Status)
	}
	m.statement("000333444", "2026-03-27", 800_000, 98_000, formats.BankLine{Remittance: r.Reference.String()})
	m.book("settled", map[ledger.Account]int64{ledger.SellerRecourse: 0, ledger.CashCollection: 0})
	if d := m.status(deal.ID); d.Status != domain.DealSettled {
		t.Errorf("all is paid and the deal is %s", d.Status)
	}
}

// TestTheReserveMayPayForAllThatIsGivenBack: a small rest costs the seller nothing but its reserve:
// it is reassigned at once, and what is left of the reserve is its rebate.
func TestTheReserveMayPayForAllThatIsGivenBack(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-05T11:00:00Z")
	m.statement("000333444", "2026-03-04", 0, 990_000, formats.BankLine{Remittance: "MP-1042"})
	m.now = at("2026-05-07T15:00:00Z")
	r, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseSlowPay})
	must(t, err)
	r = m.agree(r.ID)
	if r.Status != domain.RecourseReassigned || !r.Claim.IsZero() {
		t.Errorf("%s, claim %s", r.Status, r.Claim)
	}
	// 300 for the first band, then six of 1 % of 100.00
	m.book("given back", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.Reserve: 0, ledger.SellerRecourse: 0, ledger.PaymentsInTransit: -109_400, ledger.DiscountFeeIncome: -30_600})
	m.statement("000333444", "2026-05-07", 990_000, -109_400, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayRebate)})
	m.book("and the rebate paid", map[ledger.Account]int64{ledger.PaymentsInTransit: 0})
}

// TestACreditTakesItsPart holds the V1 of D-11: a credit note ends a dispute, is paid from the
// reserve, and settles a deal of which nothing else is open; more than is left of the reserve is
// refused, and so is one that nobody agreed to or that has no number.
func TestACreditTakesItsPart(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-05T11:00:00Z")
	m.statement("000333444", "2026-03-04", 0, 900_000, formats.BankLine{Remittance: "MP-1042"})
	large := m.disputed(deal.ID, 100_000, 100_000)
	m.exec(`UPDATE deals SET reserve_used_minor = 60000 WHERE id = $1`, deal.ID.UUID)
	if err := m.resolve(large, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("more than is left of the reserve: %v", err)
	}
	m.exec(`UPDATE deals SET reserve_used_minor = 0 WHERE id = $1`, deal.ID.UUID)
	if err := m.resolve(large, marketplace.Resolution{Outcome: "agreed"}); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a credit without its note: %v", err)
	}
	m.exec(`UPDATE disputes SET agreed_at = NULL`)
	if err := m.resolve(large, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("the debtor did not agree: %v", err)
	}
	m.exec(`UPDATE disputes SET agreed_at = answered_at`)
	must(t, m.resolve(large, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}))
	m.book("credited, and all is paid", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.Reserve: 0, ledger.RebatePayable: -20_000, ledger.DiscountFeeIncome: -30_000})
	if err := m.resolve(large, marketplace.Resolution{Outcome: "withdrawn"}); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("resolved twice: %v", err)
	}
	var held int
	must(t, m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM holds WHERE ended_at IS NULL`).Scan(&held))
	if held != 0 {
		t.Errorf("%d holds are left", held)
	}
}

// TestACreditOfWhatWasPaidTakesNothingOff holds D-12: a credit that was agreed before the whole invoice was paid ends the
// dispute as agreed; what is still open is credited, the rest is the seller's to return, and nothing of that is booked.
func TestACreditOfWhatWasPaidTakesNothingOff(t *testing.T) {
	for paid, want := range map[int64][2]int64{1_000_000: {0, 100_000}, 960_000: {40_000, 60_000}} {
		m, deal := funded(t)
		m.now = at("2026-03-05T11:00:00Z")
		id := m.disputed(deal.ID, 100_000, 100_000)
		m.statement("000333444", "2026-03-04", 0, paid, formats.BankLine{Remittance: "MP-1042"})
		must(t, m.resolve(id, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}))
		var credited int64
		var said string
		must(t, m.db.QueryRowContext(t.Context(), `SELECT d.credited_minor, e.said FROM disputes d, events e WHERE e.kind = 'dispute.resolved'`).Scan(&credited, &said))
		refund := money.Minor(want[1], "USD")
		if credited != want[0] || !strings.Contains(said, refund.Grouped()) || !strings.Contains(said, "return it to your customer") {
			t.Errorf("%d paid: %d credited, the seller reads %q", paid, credited, said)
		}
		m.book("credited", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.Reserve: 0, ledger.SellerRecourse: 0})
	}
}

// TestOnlyMoneyKeepsAPromise holds F-70 and F-72: what a credit takes off the invoice is no payment, and a cent after it keeps
// no promise; the sum that was promised does.
func TestOnlyMoneyKeepsAPromise(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-05T11:00:00Z")
	m.exec(`INSERT INTO promises (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at)
		SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, 'active', currency, 50000, open_minor, '2026-03-12', '2026-03-16', $2 FROM deals WHERE id = $1`, deal.ID.UUID, m.now)
	must(t, m.resolve(m.disputed(deal.ID, 60_000, 60_000), marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}))
	for day, want := range []string{"active", "kept"} {
		m.now = at("2026-03-10T11:00:00Z").AddDate(0, 0, day)
		m.statement("000333444", fmt.Sprintf("2026-03-%02d", 9+day), int64(day), []int64{1, 49_999}[day], formats.BankLine{Remittance: "MP-1042"})
		var status string
		must(t, m.db.QueryRowContext(t.Context(), `SELECT status FROM promises`).Scan(&status))
		if status != want {
			t.Errorf("after payment %d the promise is %s, want %s", day+1, status, want)
		}
	}
}

// TestMoneyThatWasMovedOnIsNotUndone: a part payment that was swept is a person's to ask the bank for.
func TestMoneyThatWasMovedOnIsNotUndone(t *testing.T) {
	m, _ := funded(t)
	m.now = at("2026-03-05T11:00:00Z")
	m.statement("000333444", "2026-03-04", 0, 400_000, formats.BankLine{Remittance: "MP-1042"})
	once := domain.Once[domain.Receipt]{Answer: func(domain.Receipt) domain.Answer { return domain.Answer{Status: 200} }}
	if _, err := m.service.UndoReceipt(t.Context(), m.as(m.factor), m.receipts()[0].ID, once); !errors.Is(err, domain.ErrAlreadySettled) {
		t.Errorf("undone: %v", err)
	}
}

// TestASettlementForgivesTheRest holds the V13 of DOMAIN for a settlement and D-10: with the last
// instalment, in time, what the plan forgives is off the invoice in the same commit, borne by the
// seller's reserve and the factor as they agreed, and the deal is settled; too late, nothing is.
func TestASettlementForgivesTheRest(t *testing.T) {
	m, deal := funded(t)
	m.settlement(deal.ID)
	m.now = at("2026-03-16T11:00:00Z")
	m.statement("000333444", "2026-03-13", 0, 500_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("the first", map[ledger.Account]int64{ledger.FactoredReceivables: 500_000, ledger.CreditLoss: 0})
	m.now = at("2026-03-23T11:00:00Z")
	m.statement("000333444", "2026-03-20", 500_000, 400_000, formats.BankLine{Remittance: "MP-1042"})
	// day 43: 300 + 100 + 1 % of 5,000; the reserve of 1,500 less 600 and 450
	m.book("settled", map[ledger.Account]int64{
		ledger.FactoredReceivables: 0, ledger.CreditLoss: 40_000, ledger.Reserve: 0, ledger.DiscountFeeIncome: -45_000, ledger.RebatePayable: -45_000,
	})
	if d := m.status(deal.ID); d.Forgiven != money.Minor(100_000, "USD") || d.PaidInFull != domain.MustDate("2026-03-20") {
		t.Errorf("forgiven %s, paid in full on %s", d.Forgiven, d.PaidInFull)
	}
	late, deal := funded(t)
	late.settlement(deal.ID)
	late.now = at("2026-03-24T11:00:00Z")
	late.statement("000333444", "2026-03-23", 0, 900_000, formats.BankLine{Remittance: "MP-1042"})
	late.book("too late", map[ledger.Account]int64{ledger.FactoredReceivables: 100_000, ledger.CreditLoss: 0})
}

// settlement enters a plan in force that pays 9,000.00 of 10,000.00 and forgives the rest, 600.00 of
// it by the seller.
func (m *market) settlement(deal domain.DealID) {
	m.exec(`INSERT INTO plans (id, case_id, factor_id, seller_id, deal_id, status, reason, said, currency, total_minor, open_before, instalments, recourse_from, forgiven_minor, factor_forgives, made_at, proposed_at, offered_at, accepted_at)
		SELECT gen_random_uuid(), case_id, factor_id, seller_id, id, 'active', 'cash_flow', 'slow', currency, 900000, 1000000,
		  '[{"due_on": "2026-03-13", "amount_minor": 500000}, {"due_on": "2026-03-20", "amount_minor": 400000}]', '2026-05-06', 100000, 40000, $2, $2, $2, $2 FROM deals WHERE id = $1`, deal.UUID, m.now)
}

// TestASettlementKeepsItsReserve: what the seller bears of a settlement is nobody else's, so that the
// money which ends it can always be booked; and a credit that leaves no more than is forgiven ends it too.
func TestASettlementKeepsItsReserve(t *testing.T) {
	m, deal := funded(t)
	m.settlement(deal.ID)
	large := m.disputed(deal.ID, 100_000, 95_000)
	if err := m.resolve(large, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}); !errors.Is(err, domain.ErrWrongState) {
		t.Errorf("a credit takes what the settlement needs: %v", err)
	}
	m.exec(`UPDATE disputes SET amount_minor = 50000, offered_minor = 50000`)
	m.now = at("2026-03-20T11:00:00Z")
	m.statement("000333444", "2026-03-19", 0, 850_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("all but the disputed part", map[ledger.Account]int64{ledger.FactoredReceivables: 150_000})
	must(t, m.resolve(large, marketplace.Resolution{Outcome: "agreed", CreditNumber: "CN-1"}))
	m.book("the credit ends it", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.CreditLoss: 40_000, ledger.Reserve: 0})
	if d := m.status(deal.ID); d.Forgiven != money.Minor(100_000, "USD") || d.Credited != money.Minor(50_000, "USD") {
		t.Errorf("forgiven %s, credited %s", d.Forgiven, d.Credited)
	}
}

// TestMoneyOfWhatWasGivenBackIsMoved: what the debtor had paid, and a person applied, is the factor's
// own when the rest is given back, and cannot be undone any more.
func TestMoneyOfWhatWasGivenBackIsMoved(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-05T11:00:00Z")
	m.statement("000333444", "2026-03-04", 0, 600_000, formats.BankLine{Remittance: "no word of what for"})
	receipt := m.receipts()[0].ID
	keep(m, func(ctx context.Context, once domain.Once[marketplace.Applied]) (domain.Answer, error) {
		return m.service.ApplyReceipt(ctx, m.as(m.factor), receipt, marketplace.Application{Deal: deal.ID, Amount: money.Minor(600_000, "USD")}, once)
	})
	m.now = at("2026-05-07T15:00:00Z")
	r, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseSlowPay})
	must(t, err)
	m.agree(r.ID)
	m.book("given back", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.CashCollection: 0})
	once := domain.Once[domain.Receipt]{Answer: func(domain.Receipt) domain.Answer { return domain.Answer{Status: 200} }}
	if _, err := m.service.UndoReceipt(t.Context(), m.as(m.factor), receipt, once); !errors.Is(err, domain.ErrAlreadySettled) {
		t.Errorf("undone: %v", err)
	}
}

// TestASellerThatDoesNotPayKeepsNoRightAway: while a part is not paid for, the rest may be given back
// too; what comes for it then pays the older claim first, and each is released when it is paid.
func TestASellerThatDoesNotPayKeepsNoRightAway(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-10T15:00:00Z")
	dispute := m.disputed(deal.ID, 200_000, 0)
	m.now = at("2026-03-25T15:00:00Z")
	part, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseDispute, Dispute: dispute})
	must(t, err)
	part = m.agree(part.ID)
	m.now = at("2026-05-07T15:00:00Z")
	rest, err := m.giveBack(deal.ID, marketplace.RecourseRequest{Reason: domain.RecourseSlowPay})
	must(t, err)
	rest = m.agree(rest.ID)
	owed := part.Claim.Plus(rest.Claim)
	m.book("both are owed", map[ledger.Account]int64{ledger.SellerRecourse: owed.Units(), ledger.FactoredReceivables: 0, ledger.Reserve: 0})
	m.now = at("2026-05-12T11:00:00Z")
	m.statement("000333444", "2026-05-11", 0, 100_000, formats.BankLine{References: []string{deal.Reference.String()}})
	list := m.recourses(deal.ID, m.factor)
	if list[0].Status != domain.RecourseReassigned || list[1].Status != domain.RecourseExercised || list[1].Paid != money.Minor(2_000, "USD") {
		t.Errorf("after 1,000.00: %s and %s, %s paid of the second", list[0].Status, list[1].Status, list[1].Paid)
	}
	m.statement("000333444", "2026-05-12", 100_000, list[1].Owed().Units(), formats.BankLine{Remittance: rest.Reference.String()})
	m.book("both are paid", map[ledger.Account]int64{ledger.SellerRecourse: 0})
	if list := m.recourses(deal.ID, m.factor); list[1].Status != domain.RecourseReassigned {
		t.Errorf("the second is %s", list[1].Status)
	}
}
