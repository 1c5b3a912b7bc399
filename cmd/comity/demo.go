package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"comity/domain"
	"comity/money"
)

// demo plays whole deals over HTTP as an outside client: it is the seller, the
// platform's operator, the factor, the debtor and the bank. It succeeds only if
// every played deal settles, the books balance and no courtesy rule was broken.
func demo(ctx context.Context, _ []string) error {
	c, err := readConfig()
	if err != nil {
		return err
	}
	outside := newClient(c.PublicURL, "http://"+c.CatcherHTTP)
	if c.DemoURL != "" {
		outside.base = c.DemoURL
	}
	stop, err := withServer(ctx, outside)
	if err != nil {
		return err
	}
	defer stop()
	operator, err := operatorLogin(c)
	if err != nil {
		return err
	}
	papers, err := readPapers(c.DemoInvoices)
	if err != nil {
		return err
	}
	pasts, err := readPasts(c.DemoHistory)
	if err != nil {
		return err
	}
	s := &story{client: outside, platform: outside.as(operator.Email, operator.Password), papers: papers, pasts: pasts, mark: secret(3)}
	if err := s.play(ctx); err != nil {
		return err
	}
	return s.close(ctx)
}

// withServer uses the server that is there, or starts one for the demo.
func withServer(ctx context.Context, outside *client) (func(), error) {
	if outside.get(ctx, "/healthz", nil) == nil {
		say("using the server at %s", outside.base)
		return func() {}, nil
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- runAll(running, nil) }()
	err := eventually(ctx, "the server serves", func() (bool, error) {
		select {
		case err := <-ended:
			return false, fmt.Errorf("the server did not start: %w", err)
		default:
			return outside.get(ctx, "/readyz", nil) == nil, nil
		}
	})
	stop := func() {
		cancel()
		if err := <-ended; err != nil {
			say("stop the server: %v", err)
		}
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return stop, nil
}

func operatorLogin(c config) (login, error) {
	data, err := os.ReadFile(filepath.Join(c.DataDir, "logins.json"))
	if err != nil {
		return login{}, fmt.Errorf("the demo signs in as the operator of a server started by `comity run`: %w", err)
	}
	var logins []login
	if err := json.Unmarshal(data, &logins); err != nil {
		return login{}, fmt.Errorf("read logins: %w", err)
	}
	i := slices.IndexFunc(logins, func(l login) bool { return l.Kind == string(domain.KindPlatform) })
	if i < 0 {
		return login{}, errors.New("there is no operator among the logins")
	}
	return logins[i], nil
}

// A story is one run of the demo in a sandbox world of its own.
type story struct {
	*client
	platform *client
	factor   *client
	bank     bank
	papers   []paper
	pasts    []past
	mark     string // makes addresses of this run its own
	world    string
	code     string
	now      time.Time
	sellers  map[string]*trader
	played   []*played
	shown    map[string]int  // letters printed, by case
	nth      map[string]int  // buyers that sold invoices are on, in order
	known    map[string]bool // relationships that have their history
}

// A trader is a seller of the demo.
type trader struct {
	*client
	name          string
	accounts      map[string]bool
	relationships map[string]string // buyer → relationship
}

// A played invoice is one that is sold and followed to its end.
type played struct {
	paper
	seller  *trader
	rel     string
	invoice string
	deal    string
	kase    string
	due     domain.Date
	basis   money.Amount
	ref     string
	mail    string // the debtor's address
	plan    plan
	settled bool
	passed  bool // nobody offered
}

// A plan is how the debtor will pay: shares of the whole on days after due.
type plan struct {
	about    string
	promises bool // after the first reminder that is due
	shares   []int64
	daysLate []int
	paid     int
}

var plans = []plan{
	{about: "pays six days late", shares: []int64{1}, daysLate: []int{6}},
	{about: "promises after the first reminder, and keeps it", promises: true, shares: []int64{1}, daysLate: []int{12}},
	{about: "pays in two parts", shares: []int64{1, 1}, daysLate: []int{3, 11}},
	{about: "pays four days late", shares: []int64{1}, daysLate: []int{4}},
	{about: "pays a day late", shares: []int64{1}, daysLate: []int{1}},
}

const toPlay = 5

func (s *story) play(ctx context.Context) error {
	if err := s.makeWorld(ctx); err != nil {
		return err
	}
	if err := s.handIn(ctx); err != nil {
		return err
	}
	if len(s.played) == 0 {
		return errors.New("no invoice could be played: none was read, positive and free of holds")
	}
	sort.SliceStable(s.played, func(i, j int) bool { return s.played[i].issued.Before(s.played[j].issued) })
	return s.live(ctx)
}

// makeWorld makes the sandbox, whose clock starts at the oldest issue date, and
// the factor.
func (s *story) makeWorld(ctx context.Context) error {
	var oldest domain.Date
	for _, p := range s.papers {
		if !p.issued.IsZero() && (oldest.IsZero() || p.issued.Before(oldest)) {
			oldest = p.issued
		}
	}
	if oldest.IsZero() {
		return errors.New("no file has an issue date")
	}
	s.now = oldest.At(6, 0, time.UTC)
	var box struct {
		ID   string `json:"id"`
		Code string `json:"join_code"`
	}
	if err := s.platform.post(ctx, "/v1/sandboxes", map[string]any{"name": "demo " + s.mark, "starts_at": s.now.Format(time.RFC3339)}, &box); err != nil {
		return err
	}
	s.world, s.code, s.sellers, s.shown = box.ID, box.Code, map[string]*trader{}, map[string]int{}
	s.nth, s.known = map[string]int{}, map[string]bool{}
	say("sandbox %s starts at %s", s.world, s.now.Format(time.RFC3339))
	var err error
	s.factor, err = s.signUp(ctx, "factor", "Eastbrook Factors", "DE", nil)
	s.bank = bank{factor: s.factor, seen: map[string]bool{}}
	return err
}

// signUp makes an organisation in the world and returns its owner.
func (s *story) signUp(ctx context.Context, kind, name, country string, taxIDs []string) (*client, error) {
	host := "comity.example"
	if kind == string(domain.KindFactor) {
		host = "eastbrook.example" // its own: whose debtors are not told hides it from them
	}
	email, password := fmt.Sprintf("%s-%s-%d@%s", kind, s.mark, len(s.sellers), host), secret(10)
	if taxIDs == nil {
		taxIDs = []string{}
	}
	body := map[string]any{
		"join_code": s.code, "kind": kind, "name": name, "legal_type": "company", "country": country, "tax_ids": taxIDs,
		"user_name": name, "user_email": email, "user_password": password,
	}
	err := s.do(ctx, call{method: http.MethodPost, path: "/v1/auth/sign-up", body: body, unkeyed: true}, nil)
	return s.as(email, password), err
}

// handIn hands in every file that was read and takes the first five that can be
// sold; each file has its line.
func (s *story) handIn(ctx context.Context) error {
	buyers := map[string]int{}
	for _, p := range s.papers {
		verdict, got, err := s.handInOne(ctx, p, buyers)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("%-72s %s\n", p.name, verdict)
		if got != nil && len(s.played) < toPlay {
			got.plan = plans[len(s.played)%len(plans)]
			s.played = append(s.played, got)
		}
	}
	return nil
}

func (s *story) handInOne(ctx context.Context, p paper, buyers map[string]int) (string, *played, error) {
	if !p.read.OK() {
		return fmt.Sprintf("refused  %v %s", p.read.Rules, p.read.Err), nil, nil
	}
	if !money.Currency(p.read.Invoice.Currency).Known() {
		return "refused  no books are kept in " + p.read.Invoice.Currency, nil, nil
	}
	got, err := s.prepare(ctx, p, buyers)
	if problem, told := errors.AsType[*refusal](err); told {
		return "refused  " + problem.Error(), nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	var inv struct {
		ID      string    `json:"id"`
		Status  string    `json:"status"`
		Holds   []string  `json:"holds"`
		DueDate string    `json:"due_date"`
		Terms   bool      `json:"due_from_terms"`
		Basis   wireMoney `json:"expected_payable"`
	}
	send := call{method: http.MethodPost, path: "/v1/invoices?relationship_id=" + got.rel, raw: p.bytes, media: "application/xml"}
	if err := got.seller.do(ctx, send, &inv); err != nil {
		if problem, told := errors.AsType[*refusal](err); told {
			return "refused  " + problem.Error(), nil, nil
		}
		return "", nil, err
	}
	note := ""
	if inv.Terms {
		note = " (due date from the terms)"
	}
	if inv.Status == "held" {
		return fmt.Sprintf("held     %v%s", inv.Holds, note), nil, nil
	}
	got.invoice = inv.ID
	if got.due, err = domain.ParseDate(inv.DueDate); err != nil {
		return "", nil, err
	}
	got.basis, err = inv.Basis.amount()
	if !p.playable() {
		return "read     not financeable" + note, nil, err
	}
	return fmt.Sprintf("read     %s due %s%s", got.basis, got.due, note), got, err
}

// prepare finds or makes the seller and its relationship with the buyer.
func (s *story) prepare(ctx context.Context, p paper, buyers map[string]int) (*played, error) {
	seller, err := s.seller(ctx, p)
	if err != nil {
		return nil, err
	}
	k, known := buyers[p.buyer]
	if !known {
		k = len(buyers)
		buyers[p.buyer] = k
	}
	got := &played{paper: p, seller: seller, mail: fmt.Sprintf("accounts-%s-%d@debtor.example", s.mark, k)}
	if rel, ok := seller.relationships[p.buyer]; ok {
		got.rel = rel
		return got, nil
	}
	country := p.read.Invoice.Buyer.Country
	if len(country) != 2 {
		country = "DE"
	}
	var rel struct {
		ID string `json:"id"`
	}
	err = seller.post(ctx, "/v1/relationships", map[string]any{
		"code": fmt.Sprintf("B%d", k), "name": p.read.Invoice.Buyer.Name, "legal_type": "company", "country": country, "email": got.mail, "terms_days": 30,
		"disclosure": p.mode,
	}, &rel)
	got.rel = rel.ID
	seller.relationships[p.buyer] = rel.ID
	return got, err
}

func (s *story) seller(ctx context.Context, p paper) (*trader, error) {
	if found, ok := s.sellers[p.supplier]; ok {
		return found, nil
	}
	inv, country := p.read.Invoice, p.read.Invoice.Seller.Country
	if len(country) != 2 {
		country = "DE"
	}
	var ids []string
	for _, id := range []string{inv.Seller.VAT, inv.Seller.TaxNumber, inv.Seller.ID} {
		if id != "" && len(id) <= 50 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	c, err := s.signUp(ctx, "seller", inv.Seller.Name, country, ids)
	if err != nil {
		return nil, err
	}
	found := &trader{client: c, name: inv.Seller.Name, accounts: map[string]bool{}, relationships: map[string]string{}}
	s.sellers[p.supplier] = found
	return found, nil
}

// testIBAN makes a valid account number that no bank gave out.
func testIBAN(n int) (domain.BankAccountNumber, error) {
	return domain.MakeIBAN("DE", fmt.Sprintf("00000000%010d", n))
}

// openBank opens the accounts and the mandate of every currency in which
// something is sold on a day.
func (s *story) openBank(ctx context.Context, day domain.Date) error {
	if err := s.move(ctx, day.At(6, 0, time.UTC)); err != nil {
		return err
	}
	for _, p := range s.played {
		currency := p.basis.Currency()
		if p.issued != day || s.bank.account("operating", currency) != nil {
			continue
		}
		ids := map[string]string{}
		for i, purpose := range []string{"operating", "collection"} {
			number, err := testIBAN(1000 + 10*len(s.bank.accounts) + i)
			if err != nil {
				return err
			}
			var account struct {
				ID string `json:"id"`
			}
			if err := s.factor.post(ctx, "/v1/bank-accounts", map[string]any{
				"purpose": purpose, "currency": currency, "holder": "Eastbrook Factors", "iban": number.IBAN(),
			}, &account); err != nil {
				return err
			}
			ids[purpose] = account.ID
			balance := money.Minor(0, currency)
			if purpose == "operating" {
				balance = money.Minor(10_000_000_000, currency)
			}
			s.bank.open(account.ID, purpose, number, day, balance)
		}
		if err := s.mandate(ctx, currency, ids); err != nil {
			return err
		}
	}
	return nil
}

// mandate makes and activates a mandate that charges per cent only.
func (s *story) mandate(ctx context.Context, currency money.Currency, accounts map[string]string) error {
	sum := func(whole int64) string {
		units := whole
		for range currency.Places() {
			units *= 10
		}
		return money.Minor(units, currency).Decimal()
	}
	var made struct {
		ID string `json:"id"`
	}
	if err := s.factor.post(ctx, "/v1/mandates", map[string]any{
		"currency": currency, "advance_cap": "0.9", "dilution_haircut": "0.04", "verification_haircut": "0.02", "seller_haircut": "0",
		"fee":              map[string]any{"first_days": 30, "first_rate": "0.03", "step_days": 10, "step_rate": "0.01"},
		"origination_rate": "0.0025", "origination_fixed": sum(0), "wire_fee": sum(0), "recourse_days": 90, "cure_days": 0,
		"min_face": sum(1), "max_face": sum(10_000_000), "debtor_limit": sum(50_000_000), "facility_limit": sum(500_000_000),
		"offer_hours": 72, "max_expected_days_late": 80, "confidential_level": s.confidentialLevel(),
		"operating_account_id": accounts["operating"], "collection_account_id": accounts["collection"],
	}, &made); err != nil {
		return err
	}
	return s.factor.post(ctx, "/v1/mandates/"+made.ID+"/activate", nil, nil)
}

// move sends the world's clock on and waits until it has arrived.
func (s *story) move(ctx context.Context, to time.Time) error {
	if !to.After(s.now) {
		return nil
	}
	body := map[string]any{"to": to.UTC().Format(time.RFC3339), "world": s.world}
	err := eventually(ctx, "the clock is free", func() (bool, error) {
		err := s.platform.do(ctx, call{method: http.MethodPost, path: "/v1/sandbox/clock", body: body, unkeyed: true}, nil)
		if code(err) == "clock-running" {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	s.now = to.UTC()
	return eventually(ctx, "the clock arrives", func() (bool, error) {
		var clock struct {
			State  string `json:"state"`
			Reason string `json:"reason"`
		}
		if err := s.platform.get(ctx, "/v1/sandbox/clock?world="+s.world, &clock); err != nil {
			return false, err
		}
		if clock.State == "stopped" {
			return false, fmt.Errorf("the clock stopped: %s", clock.Reason)
		}
		return clock.State == "idle", nil
	})
}
