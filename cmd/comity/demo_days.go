package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// maxDays bounds a story: what is not settled by then never will be.
const maxDays = 400

// live plays day by day until every deal is settled. Each day has a noon, when
// people act, and an evening, when the bank carries out its orders and sends
// its files; the clock never passes a day whose file is owed.
func (s *story) live(ctx context.Context) error {
	last := s.played[len(s.played)-1].issued
	for day := s.played[0].issued; ; day = day.Plus(1) {
		if err := s.day(ctx, day); err != nil {
			return fmt.Errorf("%s: %w", day, err)
		}
		if s.done() {
			return nil
		}
		if last.DaysUntil(day) > maxDays {
			return errors.New("a deal is still not settled after 400 days")
		}
	}
}

// day plays one day. When nothing is sold and nothing is open, the day is the
// bank's alone: it still owes its files.
func (s *story) day(ctx context.Context, day domain.Date) error {
	alive := s.alive(day)
	if alive {
		if err := s.openBank(ctx, day); err != nil {
			return err
		}
		if err := s.move(ctx, day.At(11, 0, time.UTC)); err != nil {
			return err
		}
		if err := s.noon(ctx, day); err != nil {
			return err
		}
	}
	if err := s.move(ctx, day.At(23, 5, time.UTC)); err != nil {
		return err
	}
	if alive {
		if err := s.bank.carryOut(ctx, day); err != nil {
			return err
		}
	}
	if err := s.bank.close(ctx, day, s.now); err != nil {
		return err
	}
	if !alive {
		return nil
	}
	return s.look(ctx)
}

// alive reports whether anything is sold on a day or still open.
func (s *story) alive(day domain.Date) bool {
	for _, p := range s.played {
		if !p.passed && (p.issued == day || p.deal != "" && !p.settled) {
			return true
		}
	}
	return false
}

// noon is what people do on a day: sell, evidence conditions, promise, pay.
func (s *story) noon(ctx context.Context, day domain.Date) error {
	for _, p := range s.played {
		if p.issued == day && p.deal == "" {
			if err := s.sell(ctx, p); err != nil {
				return fmt.Errorf("sell %s: %w", p.name, err)
			}
		}
		if err := s.debtor(ctx, p, day); err != nil {
			return fmt.Errorf("debtor of %s: %w", p.name, err)
		}
	}
	return nil
}

// sell brings the history in, submits the invoice, accepts the offer, and lets
// everybody evidence what the pay-out waits for.
func (s *story) sell(ctx context.Context, p *played) error {
	if err := s.history(ctx, p); err != nil {
		return err
	}
	if err := s.payoutAccount(ctx, p); err != nil {
		return err
	}
	var submitted struct {
		Outcome string `json:"outcome"`
		Offers  []struct {
			ID        string     `json:"id"`
			Advance   string     `json:"advance_rate"`
			Now       wireMoney  `json:"now"`
			Later     wireMoney  `json:"later"`
			Total     wireMoney  `json:"total_cost"`
			Scenarios []scenario `json:"scenarios"`
		} `json:"offers"`
		NoOffer []struct{ Code, Detail string } `json:"no_offer"`
	}
	if err := p.seller.post(ctx, "/v1/invoices/"+p.invoice+"/submit", nil, &submitted); err != nil {
		return err
	}
	if len(submitted.Offers) == 0 {
		say("\n%s  nobody offers on %s: %s %v", s.now.Format(time.DateOnly), p.read.Invoice.Number, submitted.Outcome, submitted.NoOffer)
		p.passed = true
		return nil
	}
	offer := submitted.Offers[0]
	say("\n%s  %s sells %s over %s: advance rate %s, %s now, %s later, total cost %s", s.now.Format(time.DateOnly), p.seller.name,
		p.read.Invoice.Number, p.basis.Grouped(), offer.Advance, offer.Now.Amount, offer.Later.Amount, offer.Total.Amount)
	for _, sc := range offer.Scenarios {
		say("    %-12s paid %s: cost %s, nominal %s, effective %s a year", sc.Name, sc.Paid, sc.Cost.Amount, sc.Nominal, sc.Effective)
	}
	var accepted struct {
		Deal struct {
			ID        string `json:"id"`
			Reference string `json:"reference"`
		} `json:"deal"`
		Case string `json:"case_id"`
	}
	if err := p.seller.post(ctx, "/v1/offers/"+offer.ID+"/accept", nil, &accepted); err != nil {
		return err
	}
	p.deal, p.ref, p.kase = accepted.Deal.ID, accepted.Deal.Reference, accepted.Case
	return s.evidence(ctx, p)
}

// evidenceOf says what was seen for each condition.
var evidenceOf = map[string]string{
	domain.ConditionSellerApproved: "register extract and identity of the owner seen",
	domain.ConditionAccountProven:  "a cent sent and its code read back",
	domain.ConditionVerified:       "order and delivery note seen",
	domain.ConditionIntroduced:     "introduced Eastbrook Factors by letter",
	domain.ConditionTrustProven:    "deed and the bank's countersignature seen",
	domain.ConditionSenderProven:   "a mail to its own address was answered from there",
}

func (s *story) evidence(ctx context.Context, p *played) error {
	sides := map[domain.OrganizationKind]*client{domain.KindPlatform: s.platform, domain.KindFactor: s.factor, domain.KindSeller: p.seller.client}
	for _, code := range p.mode.Conditions() {
		by, ours := sides[domain.ConditionSetters[code]]
		if !ours {
			continue // the system's own
		}
		put := call{method: http.MethodPut, path: "/v1/deals/" + p.deal + "/conditions/" + code, body: map[string]any{"evidence": evidenceOf[code]}}
		if err := by.do(ctx, put, nil); err != nil {
			return err
		}
	}
	return nil
}

// A scenario is what an offer costs if the debtor pays on an assumed day.
type scenario struct {
	Name      string    `json:"name"`
	Paid      string    `json:"assumed_payment_date"`
	Cost      wireMoney `json:"total_cost"`
	Nominal   string    `json:"nominal_yearly_rate"`
	Effective string    `json:"effective_yearly_rate"`
}

// history imports the payments of the debtor with the k-th most rows as the
// k-th buyer's, once for each seller that has it. The rows may be real; the
// pairing is for show.
func (s *story) history(ctx context.Context, p *played) error {
	if len(s.pasts) == 0 || s.known[p.rel] {
		return nil
	}
	if _, met := s.nth[p.buyer]; !met {
		s.nth[p.buyer] = len(s.nth)
	}
	s.known[p.rel] = true
	past := s.pasts[s.nth[p.buyer]%len(s.pasts)]
	var rel struct {
		Code string `json:"code"`
	}
	if err := p.seller.get(ctx, "/v1/relationships/"+p.rel, &rel); err != nil {
		return err
	}
	var job struct {
		ID string `json:"id"`
	}
	send := call{method: http.MethodPost, path: "/v1/imports", raw: past.moved(rel.Code, p.issued), media: "text/csv"}
	if err := p.seller.do(ctx, send, &job); err != nil {
		return err
	}
	say("\n%s  history: %d rows of debtor %s stand for %s (for show)", s.now.Format(time.DateOnly), len(past.rows), past.debtor, p.read.Invoice.Buyer.Name)
	return eventually(ctx, "the import is done", func() (bool, error) {
		var got struct {
			State  string `json:"state"`
			Reason string `json:"reason"`
		}
		err := p.seller.get(ctx, "/v1/imports/"+job.ID, &got)
		if got.State == "refused" {
			return false, fmt.Errorf("the history was refused: %s", got.Reason)
		}
		return got.State == "done", err
	})
}

func (s *story) payoutAccount(ctx context.Context, p *played) error {
	currency := string(p.basis.Currency())
	if p.seller.accounts[currency] {
		return nil
	}
	number, err := testIBAN(500_000 + 100*len(s.sellers) + len(p.seller.accounts) + p.issued.DaysUntil(domain.MustDate("2199-01-01")))
	if err != nil {
		return err
	}
	p.seller.accounts[currency] = true
	return p.seller.post(ctx, "/v1/bank-accounts", map[string]any{"purpose": "payout", "currency": currency, "holder": p.seller.name, "iban": number.IBAN()}, nil)
}

// debtor pays as planned, and promises first when that is its way.
func (s *story) debtor(ctx context.Context, p *played, day domain.Date) error {
	if p.deal == "" || p.settled || p.plan.paid >= len(p.plan.shares) {
		return nil
	}
	account := s.bank.account("collection", p.basis.Currency())
	if p.plan.promises {
		return s.promise(ctx, p, day)
	}
	payday := account.calendar.OnOrAfter(domain.Latest(p.due, p.issued).Plus(p.plan.daysLate[p.plan.paid]))
	if day.Before(payday) || !s.paidOut(ctx, p) {
		return nil
	}
	part := p.basis.Split(p.plan.shares...)[p.plan.paid]
	account.book(day, formats.BankLine{
		Amount: part, Counterparty: p.read.Invoice.Buyer.Name, Remittance: "Invoice " + p.read.Invoice.Number, References: []string{p.ref}, Code: "PMNT/RCDT/ESCT",
	})
	p.plan.paid++
	say("\n%s  %s pays %s of %s", day, p.read.Invoice.Buyer.Name, part.Grouped(), p.read.Invoice.Number)
	return nil
}

// paidOut reports whether the advance has reached the seller: a debtor of the
// demo does not pay before.
func (s *story) paidOut(ctx context.Context, p *played) bool {
	var got struct {
		Deal struct {
			Status string `json:"status"`
		} `json:"deal"`
	}
	return p.seller.get(ctx, "/v1/deals/"+p.deal, &got) == nil && got.Deal.Status == "paid_out"
}

// promise waits for the first reminder after the due date, opens its link, and
// promises to pay in five days; that day becomes the pay day.
func (s *story) promise(ctx context.Context, p *played, day domain.Date) error {
	if !day.After(p.due) {
		return nil
	}
	letters, err := s.letters(ctx, p.mail)
	if err != nil || len(letters) == 0 {
		return err
	}
	sent, err := p.touches(ctx)
	if err != nil {
		return err
	}
	reminded := false
	for _, t := range sent {
		reminded = reminded || strings.HasPrefix(t.Step, "post_due") && t.Status == "sent"
	}
	link := ""
	for _, l := range letters {
		if strings.Contains(l.Text, p.read.Invoice.Number) {
			link = debtorLink.FindString(l.Text)
		}
	}
	if !reminded || link == "" {
		return nil
	}
	payday := s.bank.account("collection", p.basis.Currency()).calendar.OnOrAfter(day.Plus(5))
	if err := s.submit(ctx, link, "promise", url.Values{"deal": {p.deal}, "amount": {p.basis.Decimal()}, "currency": {string(p.basis.Currency())}, "day": {payday.String()}}); err != nil {
		return err
	}
	p.plan.promises, p.plan.daysLate[0] = false, p.due.DaysUntil(payday)
	say("\n%s  %s promises %s for %s on its page", day, p.read.Invoice.Buyer.Name, p.basis.Grouped(), payday)
	return nil
}

// A sentTouch is a message to a debtor, as the API shows it.
type sentTouch struct {
	ID      string `json:"id"`
	Step    string `json:"step"`
	Class   string `json:"class"`
	Status  string `json:"status"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	WhyNow  string `json:"why_now"`
	SentAt  string `json:"sent_at"`
}

func (p *played) touches(ctx context.Context) ([]sentTouch, error) {
	var list struct {
		Data []sentTouch `json:"data"`
	}
	err := p.seller.get(ctx, "/v1/cases/"+p.kase+"/touches?limit=200", &list)
	return list.Data, err
}

// look prints the letters that left since the last look, each as it would be
// read, and notes which deals are settled.
func (s *story) look(ctx context.Context) error {
	for _, p := range s.played {
		if p.deal == "" || p.settled {
			continue
		}
		sent, err := p.touches(ctx)
		if err != nil {
			return err
		}
		for ; s.shown[p.kase] < len(sent) && sent[s.shown[p.kase]].Status == "sent"; s.shown[p.kase]++ {
			t := sent[s.shown[p.kase]]
			fmt.Printf("\n┌ %s to %s\n│ %s\n│ why now: %s\n", t.SentAt, p.mail, t.Subject, t.WhyNow)
			for line := range strings.Lines(t.Text) {
				fmt.Print("│ ", line)
			}
			fmt.Println("\n└")
		}
		var got struct {
			Deal struct {
				Status string `json:"status"`
			} `json:"deal"`
		}
		if err := p.seller.get(ctx, "/v1/deals/"+p.deal, &got); err != nil {
			return err
		}
		if p.settled = got.Deal.Status == "settled"; p.settled {
			say("\n%s  the deal on %s is settled", s.now.Format(time.DateOnly), p.read.Invoice.Number)
		}
	}
	return nil
}

func (s *story) done() bool {
	for _, p := range s.played {
		if !p.settled && !p.passed {
			return false
		}
	}
	return true
}

// wireMoney is an amount as it stands on the wire.
type wireMoney struct {
	Amount   string         `json:"amount"`
	Currency money.Currency `json:"currency"`
}

func (m wireMoney) amount() (money.Amount, error) { return money.Parse(m.Amount, m.Currency) }
