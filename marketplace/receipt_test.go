package marketplace_test

import (
	"context"
	"errors"
	"testing"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
	"comity/repository"
)

// funded is a market with one deal that is paid out on 5 February.
func funded(t *testing.T) (*market, domain.Deal) {
	t.Helper()
	m := newMarket(t, fixedEngine{})
	deal := m.deal()
	m.meetConditions(deal.ID)
	must(t, m.service.Advance(t.Context(), domain.LiveWorld, deal.ID, m.now))
	m.now = at("2026-02-06T11:10:00Z")
	m.statement("000111222", "2026-02-05", 5_000_000, -846_000, formats.BankLine{EndToEndID: m.endToEnd(deal.ID, domain.PayAdvance)})
	return m, deal
}

// book checks balances of the factor's book, in dollars and cents.
func (m *market) book(what string, want map[ledger.Account]int64) {
	m.t.Helper()
	balances, err := m.service.TrialBalance(m.t.Context(), m.as(m.factor), domain.BookFilter{AsOf: domain.MustDate("2026-12-31")})
	must(m.t, err)
	for account, minor := range want {
		if got := balances[0].Of(account); got != money.Minor(minor, "USD") {
			m.t.Errorf("%s: %s is %s, want %d", what, account, got, minor)
		}
	}
	findings, _, err := repository.CheckLedger(m.t.Context(), m.owner)
	must(m.t, err)
	tallies, _, err := repository.CheckTallies(m.t.Context(), m.owner)
	must(m.t, err)
	for _, f := range append(findings, tallies...) {
		m.t.Errorf("%s: %s", what, f)
	}
}

func (m *market) receipts() []domain.Receipt {
	m.t.Helper()
	list, err := m.service.Receipts(m.t.Context(), m.as(m.factor), "", domain.Page{Limit: 50})
	must(m.t, err)
	return list
}

func (m *market) status(deal domain.DealID) domain.Deal {
	m.t.Helper()
	d, _, err := m.service.Deal(m.t.Context(), m.as(m.factor), deal)
	must(m.t, err)
	return d
}

// TestPartPaymentsStayWhatTheyAre holds D-11: a part posts only what arrived, and is the
// factor's own money as long as its advance is out; the last part settles the deal. The band
// that begins between them is owed on what was open then.
func TestPartPaymentsStayWhatTheyAre(t *testing.T) {
	m, deal := funded(t)
	reference := deal.Reference.Grouped()
	m.now = at("2026-03-06T11:00:00Z")
	m.statement("000333444", "2026-03-05", 0, 400_000, formats.BankLine{Remittance: reference})
	m.book("a part", map[ledger.Account]int64{ledger.FactoredReceivables: 600_000, ledger.CashCollection: 0, ledger.Reserve: -150_000, ledger.AccruedFees: 0})
	if d := m.status(deal.ID); d.Open.Units() != 600_000 || d.Status != domain.DealPaidOut {
		t.Errorf("after a part the deal is %s with %s open", d.Status, d.Open)
	}
	m.now = at("2026-03-11T11:00:00Z")
	m.statement("000333444", "2026-03-10", 400_000, 600_000, formats.BankLine{References: []string{deal.Reference.String()}})
	m.book("the rest", map[ledger.Account]int64{
		ledger.FactoredReceivables: 0, ledger.Reserve: 0, ledger.AccruedFees: 0, ledger.RebatePayable: -114_000, ledger.DiscountFeeIncome: -36_000, ledger.CashCollection: 114_000,
	})
}

// TestMoneyThatNothingExplains holds C-185 and the V8 of D-12: it is booked as unidentified, a person
// applies it and can take that back until it settles the deal.
func TestMoneyThatNothingExplains(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-11T11:00:00Z")
	m.statement("000333444", "2026-03-10", 0, 300_000, formats.BankLine{Remittance: "thank you", Counterparty: "Somebody"})
	m.book("unidentified", map[ledger.Account]int64{ledger.CashCollection: 300_000, ledger.UnappliedCash: -300_000, ledger.FactoredReceivables: 1_000_000})
	receipt := m.receipts()[0]
	if receipt.Status != domain.ReceiptUnapplied || !receipt.Suggested.IsZero() {
		t.Errorf("the receipt is %s and suggests %s", receipt.Status, receipt.Suggested)
	}
	m.apply(receipt.ID, deal.ID, 200_000)
	m.book("applied in part", map[ledger.Account]int64{ledger.UnappliedCash: -100_000, ledger.FactoredReceivables: 800_000})
	if err := m.tryApply(receipt.ID, deal.ID, 150_000); !errors.Is(err, domain.ErrMoreThanOpen) {
		t.Errorf("more than is left is applied: %v", err)
	}
	m.apply(receipt.ID, deal.ID, 100_000)
	for range 2 {
		keep(m, func(ctx context.Context, once domain.Once[domain.Receipt]) (domain.Answer, error) {
			return m.service.UndoReceipt(ctx, m.as(m.factor), receipt.ID, once)
		})
	}
	m.book("taken back", map[ledger.Account]int64{ledger.UnappliedCash: -300_000, ledger.FactoredReceivables: 1_000_000})
	if got := m.receipts()[0]; got.Status != domain.ReceiptUnapplied || got.Unapplied != got.Amount {
		t.Errorf("after undoing the receipt is %s with %s left", got.Status, got.Unapplied)
	}
}

func (m *market) apply(receipt domain.ReceiptID, deal domain.DealID, minor int64) {
	m.t.Helper()
	keep(m, func(ctx context.Context, once domain.Once[marketplace.Applied]) (domain.Answer, error) {
		return m.service.ApplyReceipt(ctx, m.as(m.factor), receipt, marketplace.Application{Deal: deal, Amount: money.Minor(minor, "USD")}, once)
	})
}

func (m *market) tryApply(receipt domain.ReceiptID, deal domain.DealID, minor int64) error {
	once := domain.Once[marketplace.Applied]{Answer: func(marketplace.Applied) domain.Answer { return domain.Answer{Status: 200} }}
	_, err := m.service.ApplyReceipt(m.t.Context(), m.as(m.factor), receipt, marketplace.Application{Deal: deal, Amount: money.Minor(minor, "USD")}, once)
	return err
}

// TestMoreThanIsOwedIsForAPerson: of an overpayment the invoice takes what is open, so that nobody asks for it
// again, and only the rest is for a person; money for a deal that is not paid out yet is too. It holds D-12.
func TestMoreThanIsOwedIsForAPerson(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-11T11:00:00Z")
	m.statement("000333444", "2026-03-10", 0, 1_002_500, formats.BankLine{Remittance: "MP-1042"})
	receipt := m.receipts()[0]
	if receipt.Status != domain.ReceiptUnapplied || receipt.Unapplied.Units() != 2_500 {
		t.Errorf("an overpayment is %s, %s are left", receipt.Status, receipt.Unapplied)
	}
	m.book("what is open is paid", map[ledger.Account]int64{ledger.UnappliedCash: -2_500, ledger.FactoredReceivables: 0, ledger.RebatePayable: -110_000})
	if err := m.tryApply(receipt.ID, deal.ID, 2_500); !errors.Is(err, domain.ErrMoreThanOpen) {
		t.Errorf("the rest is applied to what is paid: %v", err)
	}
	err := func() error {
		once := domain.Once[domain.Receipt]{Answer: func(domain.Receipt) domain.Answer { return domain.Answer{Status: 200} }}
		_, err := m.service.UndoReceipt(t.Context(), m.as(m.factor), receipt.ID, once)
		return err
	}()
	if !errors.Is(err, domain.ErrAlreadySettled) {
		t.Errorf("undoing what settled the deal: %v", err)
	}
}

// TestTheSameFileChangesNothing holds that a bank file loaded twice is one.
func TestTheSameFileChangesNothing(t *testing.T) {
	m, deal := funded(t)
	m.now = at("2026-03-11T11:00:00Z")
	for range 2 {
		m.statement("000333444", "2026-03-10", 0, 1_000_000, formats.BankLine{Remittance: "MP-1042"})
	}
	if n := len(m.receipts()); n != 1 {
		t.Errorf("one payment made %d receipts", n)
	}
	m.book("once", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.CashCollection: 110_000})
	if d := m.status(deal.ID); d.PaidInFull != domain.MustDate("2026-03-10") {
		t.Errorf("paid in full on %s", d.PaidInFull)
	}
}

// TestTheSameDaysUnderAnotherNumber: a statement that covers days which are
// loaded already is refused whole, whatever its number.
func TestTheSameDaysUnderAnotherNumber(t *testing.T) {
	m, _ := funded(t)
	m.now = at("2026-03-11T11:00:00Z")
	m.statement("000333444", "2026-03-10", 0, 400_000, formats.BankLine{Remittance: "MP-1042"})
	number, err := domain.ParseUSAccount("021000021", "000333444")
	must(t, err)
	day := domain.MustDate("2026-03-10")
	again := formats.BankStatement{
		ID: "another number", CreatedAt: m.now, Account: formats.BankAccount{Number: number}, Currency: "USD", From: day.Plus(-1), To: day,
		Opening: formats.BankBalance{Amount: money.Minor(0, "USD"), On: day}, Closing: formats.BankBalance{Amount: money.Minor(400_000, "USD"), On: day},
		Lines: []formats.BankLine{{Amount: money.Minor(400_000, "USD"), Booked: day, Value: day, Remittance: "MP-1042"}},
	}
	file := marketplace.NewDocument("application/xml", "bank.xml", formats.WriteCamt053(again))
	once := domain.Once[marketplace.LoadedFile]{Answer: func(marketplace.LoadedFile) domain.Answer { return domain.Answer{Status: 201} }}
	if _, err := m.service.LoadStatements(t.Context(), m.as(m.factor), file, []formats.BankStatement{again}, once); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("the same days again: %v", err)
	}
	if n := len(m.receipts()); n != 1 {
		t.Errorf("%d receipts", n)
	}
}

// TestAReceiptThatWasValuedBeforeAPostedMonthEnd takes the days after it back:
// the contract's fee is what stands at the end.
func TestAReceiptThatWasValuedBeforeAPostedMonthEnd(t *testing.T) {
	m, deal := funded(t)
	for _, due := range []string{"2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z"} {
		must(t, m.service.AccrueFees(t.Context(), domain.LiveWorld, deal.ID, at(due)))
	}
	m.now = at("2026-04-02T11:00:00Z")
	m.statement("000333444", "2026-03-10", 0, 1_000_000, formats.BankLine{Remittance: "MP-1042"})
	m.book("settled late in the books", map[ledger.Account]int64{ledger.DiscountFeeIncome: -40_000, ledger.AccruedFees: 0, ledger.RebatePayable: -110_000})
}

// TestACancelledDealLeavesNothing: E1 and E2 are reversed, the invoice can be
// sold again and the limits are free.
func TestACancelledDealLeavesNothing(t *testing.T) {
	m := newMarket(t, fixedEngine{})
	deal := m.deal()
	keep(m, func(ctx context.Context, once domain.Once[domain.Deal]) (domain.Answer, error) {
		return m.service.CancelDeal(ctx, m.as(m.factor), deal.ID, "the debtor does not know the invoice", once)
	})
	m.book("cancelled", map[ledger.Account]int64{ledger.FactoredReceivables: 0, ledger.AdvancePayable: 0, ledger.Reserve: 0, ledger.OriginationIncome: 0})
	again := keep(m, func(ctx context.Context, once domain.Once[marketplace.Submitted]) (domain.Answer, error) {
		return m.service.Submit(ctx, m.as(m.seller), deal.Invoice, once)
	})
	sold := keep(m, func(ctx context.Context, once domain.Once[marketplace.Accepted]) (domain.Answer, error) {
		return m.service.AcceptOffer(ctx, m.as(m.seller), again.Offers[0].ID, once)
	})
	if sold.Deal.ID == deal.ID || sold.Deal.Status != domain.DealMade {
		t.Errorf("sold again as %s, %s", sold.Deal.ID, sold.Deal.Status)
	}
	m.meetConditions(deal.ID)
	must(t, m.service.Advance(t.Context(), domain.LiveWorld, deal.ID, m.now))
	m.book("a cancelled deal pays nothing", map[ledger.Account]int64{ledger.PaymentsInTransit: 0})
}

// TestAnInvoiceNumberIsAWord: a number inside another is not that invoice.
func TestAnInvoiceNumberIsAWord(t *testing.T) {
	for text, want := range map[string]domain.ReceiptStatus{
		"for mp-1042, thanks": domain.ReceiptApplied, "MP-10421": domain.ReceiptUnapplied, "XMP-1042": domain.ReceiptUnapplied, "INV/MP-1042": domain.ReceiptUnapplied,
		"MP-10420 and MP-1042": domain.ReceiptApplied, "RF18539007547034": domain.ReceiptUnapplied,
		"RF18539007547034 for MP-1042": domain.ReceiptSuggested,
	} {
		t.Run(text, func(t *testing.T) {
			m, _ := funded(t)
			m.now = at("2026-03-11T11:00:00Z")
			m.statement("000333444", "2026-03-10", 0, 100_000, formats.BankLine{Remittance: text})
			if got := m.receipts()[0].Status; got != want {
				t.Errorf("%q is %s, want %s", text, got, want)
			}
		})
	}
}
