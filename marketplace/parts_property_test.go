package marketplace_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"

	"comity/domain"
	"comity/formats"
	"comity/ledger"
	"comity/marketplace"
	"comity/money"
)

// a muddle is a deal about which anything is paid, by anybody, in any order.
type muddle struct {
	*market
	deal domain.DealID
	dice *rand.Rand
	day  domain.Date
	told []string
}

// TestMoneyAndPartsInAnyOrder holds D-5, D-11 and D-12: whatever is paid, by debtor or seller, with or without a word of
// what for, whichever parts are given back meanwhile, and however a person applies and undoes, the books close after
// every step, no part and no claim takes more than it is, and no cent is lost.
func TestMoneyAndPartsInAnyOrder(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m, deal := funded(t)
			c := &muddle{market: m, deal: deal.ID, dice: rand.New(rand.NewPCG(seed, 1)), day: domain.MustDate("2026-03-25")}
			c.now = at("2026-03-10T15:00:00Z")
			for range 3 {
				c.disputed(deal.ID, int64(1+c.dice.IntN(9))*10_000, 0)
			}
			for range 14 {
				c.step()
				if t.Failed() {
					t.Fatalf("after %v", c.told)
				}
			}
		})
	}
}

func (c *muddle) step() {
	c.day = domain.BankingDays("USD", "US").Add(c.day, 1)
	c.now = c.day.Plus(1).At(11, 0, domain.Organization{Country: "US", TimeZone: "America/New_York"}.Zone())
	d := c.status(c.deal)
	amount := money.Minor(int64(1+c.dice.IntN(30))*10_000+int64(c.dice.IntN(3)), "USD")
	list := c.recourses(c.deal, c.factor)
	switch c.dice.IntN(7) {
	case 0, 1: // the debtor, as it should
		c.pays(amount, d.Reference.String())
	case 2: // somebody, without a word
		c.pays(amount, "thank you")
	case 3: // the seller
		if len(list) > 0 {
			c.pays(amount, list[c.dice.IntN(len(list))].Reference.String())
		}
	case 4:
		c.givesBack()
	case 5:
		c.applies(amount, list)
	default:
		c.undoes()
	}
	c.book(fmt.Sprint(c.told), nil)
	c.nothingTooMuch()
}

func (c *muddle) pays(amount money.Amount, remittance string) {
	c.told = append(c.told, fmt.Sprintf("%s for %q", amount, remittance))
	c.statement("000333444", c.day.String(), c.collected(), amount.Units(), formats.BankLine{Remittance: remittance})
}

// collected is what the collection account held before, as the bank says: nothing was moved out of it yet.
func (c *muddle) collected() int64 {
	var minor int64
	must(c.t, c.db.QueryRowContext(c.t.Context(), `SELECT coalesce((SELECT closing_minor FROM statements s JOIN bank_accounts a ON a.id = s.account_id
		WHERE a.account_number = '000333444' ORDER BY s.to_on DESC LIMIT 1), 0)`).Scan(&minor))
	return minor
}

func (c *muddle) givesBack() {
	var dispute uuid.UUID
	if err := c.db.QueryRowContext(c.t.Context(), `SELECT id FROM disputes WHERE status <> 'resolved' ORDER BY id LIMIT 1`).Scan(&dispute); err != nil {
		return
	}
	asked := marketplace.RecourseRequest{Reason: domain.RecourseDispute, Dispute: domain.DisputeID{UUID: dispute}}
	if c.dice.IntN(4) == 0 {
		asked = marketplace.RecourseRequest{Reason: domain.RecourseBreach}
	}
	r, err := c.giveBack(c.deal, asked)
	if err != nil {
		if !errors.Is(err, domain.ErrWrongState) && !errors.Is(err, domain.ErrMoreThanOpen) {
			c.t.Errorf("give back: %v", err)
		}
		return
	}
	c.told = append(c.told, fmt.Sprintf("%s given back for %s", r.Part, asked.Reason))
	c.agree(r.ID)
}

func (c *muddle) applies(amount money.Amount, list []domain.Recourse) {
	for _, r := range c.receipts() {
		if !r.Unapplied.Positive() {
			continue
		}
		how := marketplace.Application{Deal: c.deal, Amount: money.Min(amount, r.Unapplied)}
		if len(list) > 0 && c.dice.IntN(2) == 0 {
			how.Recourse, how.Seller = list[c.dice.IntN(len(list))].ID, c.dice.IntN(2) == 0
		}
		once := domain.Once[marketplace.Applied]{Route: "a", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(marketplace.Applied) domain.Answer { return domain.Answer{Status: 200, Body: []byte("{}")} }}
		_, err := c.service.ApplyReceipt(c.t.Context(), c.as(c.factor), r.ID, how, once)
		c.told = append(c.told, fmt.Sprintf("%s applied to part %t, of the seller %t: %v", how.Amount, !how.Recourse.IsZero(), how.Seller, err))
		if err != nil && !errors.Is(err, domain.ErrMoreThanOpen) && !errors.Is(err, domain.ErrWrongState) && !errors.Is(err, domain.ErrInvalid) {
			c.t.Errorf("apply: %v", err)
		}
		return
	}
}

func (c *muddle) undoes() {
	if all := c.receipts(); len(all) > 0 {
		r := all[c.dice.IntN(len(all))]
		once := domain.Once[domain.Receipt]{Route: "u", Key: uuid.NewString(), Hash: []byte{1}, Answer: func(domain.Receipt) domain.Answer { return domain.Answer{Status: 200, Body: []byte("{}")} }}
		_, err := c.service.UndoReceipt(c.t.Context(), c.as(c.factor), r.ID, once)
		c.told = append(c.told, fmt.Sprintf("%s undone: %v", r.Amount, err))
		if err != nil && !errors.Is(err, domain.ErrAlreadySettled) && !errors.Is(err, domain.ErrWrongState) {
			c.t.Errorf("undo: %v", err)
		}
	}
}

// nothingTooMuch checks what no test of a single step sees: bounds, and that what came in is somewhere.
func (c *muddle) nothingTooMuch() {
	came, rest := money.Minor(0, "USD"), money.Minor(0, "USD")
	for _, r := range c.receipts() {
		came, rest = came.Plus(r.Amount), rest.Plus(r.Unapplied)
	}
	collected := money.Minor(0, "USD")
	for _, r := range c.recourses(c.deal, c.factor) {
		collected = collected.Plus(r.Collected)
		if r.Uncollected().Negative() || r.Owed().Negative() || r.Status == domain.RecourseReassigned && r.Owed().Positive() {
			c.t.Errorf("a part of %s: %s collected, claim %s, paid %s, %s", r.Part, r.Collected, r.Claim, r.Paid, r.Status)
		}
	}
	d := c.status(c.deal)
	paid := d.Basis.Minus(d.Open).Minus(d.GivenBack)
	var claims int64
	must(c.t, c.db.QueryRowContext(c.t.Context(), `SELECT coalesce(sum(amount_minor), 0) FROM claim_payments`).Scan(&claims))
	if all := paid.Plus(collected).Plus(rest).Plus(money.Minor(claims, "USD")); all != came {
		c.t.Errorf("%s came; %s for what was open, %s for parts, %s of the seller, %s unidentified", came, paid, collected, money.Minor(claims, "USD"), rest)
	}
	balances, err := c.service.TrialBalance(context.Background(), c.as(c.factor), domain.BookFilter{AsOf: domain.MustDate("2026-12-31")})
	must(c.t, err)
	if got := balances[0].Of(ledger.UnappliedCash); got != rest.Negated() {
		c.t.Errorf("%s is unidentified in the books, %s by the receipts", got, rest)
	}
}
