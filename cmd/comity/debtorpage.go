package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// The day on which the invoices of a debtor's page are sold.
const pageDay = "2026-03-02"

var noticeCode = regexp.MustCompile(`type the code ([A-Z0-9-]+)`)

// A madePage is a debtor's page that can be opened, and what to do there.
type madePage struct {
	Debtor       string   `json:"debtor"`
	Link         string   `json:"link"`
	Code         string   `json:"code,omitempty"`         // of the notice
	Confidential bool     `json:"confidential,omitempty"` // the debtor is not told: there is no notice
	Case         string   `json:"case_id"`
	Deals        []string `json:"deals"`
}

// A madeLogin is somebody who sees the page's case from the other side.
type madeLogin struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// debtorPage makes debtors with open invoices in a sandbox of a server that is up,
// through its API, and prints the links that their first letters brought them.
func debtorPage(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("debtor-page", flag.ContinueOnError)
	debtors := flags.Int("debtors", 1, "how many debtors")
	quiet := flags.Int("confidential", 0, "how many more that are not told of the sale")
	invoices := flags.Int("invoices", 3, "open invoices of each")
	reading := flags.Duration("read", 0, "then read the first page for so long, and say how soon it began")
	clients := flags.Int("clients", 16, "how many read it at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *debtors < 1 || *invoices < 1 {
		return errors.New("there is one debtor and one invoice at least")
	}
	c, err := readConfig()
	if err != nil {
		return err
	}
	outside := newClient(c.PublicURL, "http://"+c.CatcherHTTP)
	if err := outside.get(ctx, "/readyz", nil); err != nil {
		return fmt.Errorf("no server is up at %s; start one with `comity run`: %w", outside.base, err)
	}
	operator, err := operatorLogin(c)
	if err != nil {
		return err
	}
	s := &story{client: outside, platform: outside.as(operator.Email, operator.Password), mark: secret(3)}
	for d := range *debtors + *quiet {
		for i := range *invoices {
			s.papers = append(s.papers, pagePaper(d, i, d >= *debtors))
		}
	}
	made, err := s.pages(ctx, *invoices)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(made); err != nil || *reading == 0 {
		return err
	}
	return readPage(ctx, made.Pages[0].Link, *clients, *reading)
}

// readPage lets clients read a page again and again, and says after which times its first
// byte was there.
func readPage(ctx context.Context, link string, clients int, reading time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	times, failed := make([][]time.Duration, clients), make([]error, clients)
	var readers sync.WaitGroup
	for i := range clients {
		readers.Go(func() {
			browser := &http.Client{Transport: &http.Transport{}} // a connection of its own
			for ctx.Err() == nil && failed[i] == nil {
				var took time.Duration
				if took, failed[i] = firstByte(ctx, browser, link); failed[i] == nil && took > 0 {
					times[i] = append(times[i], took)
				}
			}
		})
	}
	readers.Wait()
	all := slices.Concat(times...)
	slices.Sort(all)
	if err := errors.Join(failed...); err != nil || len(all) == 0 {
		return errors.Join(errors.New("the page could not be read"), err)
	}
	at := func(percent int) time.Duration {
		return all[min(len(all)-1, len(all)*percent/100)].Round(100 * time.Microsecond)
	}
	say("%d clients read the page %d times in %s: first byte after %s (median), %s (p90), %s (p99)", clients, len(all), reading, at(50), at(90), at(99))
	return nil
}

// firstByte reads a page and returns after what time it began; zero when the time was over.
func firstByte(ctx context.Context, browser *http.Client, link string) (time.Duration, error) {
	var began time.Time
	var took time.Duration
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { began = time.Now() }, GotFirstResponseByte: func() { took = time.Since(began) },
	})
	request, err := http.NewRequestWithContext(traced, http.MethodGet, link, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := browser.Do(request)
	if err != nil {
		return 0, unlessOver(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the page answers %s", response.Status)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, unlessOver(ctx, err)
	}
	return took, nil
}

// unlessOver is no error when the time was over.
func unlessOver(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}

type madePages struct {
	World  string     `json:"world"`
	Code   string     `json:"join_code"` // that somebody else joins the world with
	Pages  []madePage `json:"pages"`
	Seller madeLogin  `json:"seller"`
	Factor madeLogin  `json:"factor"`
}

// pages sells every debtor's invoices on one day and lets their first letters arrive.
func (s *story) pages(ctx context.Context, invoices int) (madePages, error) {
	var made madePages
	day := domain.MustDate(pageDay)
	if err := s.makeWorld(ctx); err != nil {
		return made, err
	}
	buyers := map[string]int{}
	for _, p := range s.papers {
		said, got, err := s.handInOne(ctx, p, buyers)
		if err != nil || got == nil {
			return made, errors.Join(fmt.Errorf("hand in %s: %s", p.name, said), err)
		}
		s.played = append(s.played, got)
	}
	if err := s.openBank(ctx, day); err != nil {
		return made, err
	}
	for _, p := range s.played {
		if err := s.confide(ctx, p); err != nil {
			return made, err
		}
		if err := s.sell(ctx, p); err != nil || p.passed {
			return made, errors.Join(fmt.Errorf("sell %s", p.name), err)
		}
	}
	if err := s.move(ctx, day.Plus(1).At(17, 0, time.UTC)); err != nil {
		return made, err
	}
	if err := s.paidOutBy(ctx, day.Plus(1)); err != nil {
		return made, err
	}
	made.World, made.Code, made.Factor = s.world, s.code, madeLogin{s.factor.email, s.factor.password}
	made.Seller = madeLogin{s.played[0].seller.email, s.played[0].seller.password}
	for of := range slices.Chunk(s.played, invoices) {
		page, err := s.madePage(ctx, of)
		if err != nil {
			return made, err
		}
		made.Pages = append(made.Pages, page)
	}
	return made, nil
}

// paidOutBy lets the bank carry out every advance on a day, and loads its files the morning after.
func (s *story) paidOutBy(ctx context.Context, day domain.Date) error {
	err := eventually(ctx, "every advance is with the bank", func() (bool, error) {
		err := s.bank.carryOut(ctx, day)
		return len(s.bank.seen) >= len(s.played), err
	})
	if err != nil {
		return err
	}
	if err := s.move(ctx, day.Plus(1).At(9, 0, time.UTC)); err != nil {
		return err
	}
	for _, closed := range []domain.Date{day.Plus(-1), day} {
		if err := s.bank.close(ctx, closed, s.now); err != nil {
			return err
		}
	}
	return nil
}

// pagePaper is the i-th invoice to the d-th debtor; the first is the youngest.
func pagePaper(d, i int, quiet bool) paper {
	seller := formats.EParty{Name: "Lindenhof Druck GmbH", Country: "DE", VAT: "DE811111116"}
	buyer := formats.EParty{Name: "Hotel Seeblick AG", Country: "DE"}
	if d > 0 {
		buyer.Name = fmt.Sprintf("Hotel Seeblick %d AG", d+1)
	}
	number, net := fmt.Sprintf("R-%d-%03d", 2026+d, 101+i), money.Minor(int64(140_000+7_919*i%60_000), "EUR")
	day := domain.MustDate(pageDay)
	if quiet {
		return quietPaper(number, ublInvoice(number, day.Plus(-20-i%3), seller, buyer, net))
	}
	return paperOf(number, ublInvoice(number, day.Plus(-i%21), seller, buyer, net))
}

// madePage waits for the notice and reads link and code in it; of a debtor that is not told, for the
// reminder before the due date, which has a link only.
func (s *story) madePage(ctx context.Context, of []*played) (madePage, error) {
	page := madePage{Debtor: of[0].read.Invoice.Buyer.Name, Case: of[0].kase, Confidential: of[0].mode == domain.Confidential}
	for _, p := range of {
		page.Deals = append(page.Deals, p.deal)
	}
	err := eventually(ctx, "the first letter arrives", func() (bool, error) {
		letters, err := s.letters(ctx, of[0].mail)
		for _, l := range letters {
			if code := noticeCode.FindStringSubmatch(l.Text); code != nil {
				page.Link, page.Code = debtorLink.FindString(l.Text), code[1]
			} else if page.Confidential {
				page.Link = debtorLink.FindString(l.Text)
			}
		}
		return page.Link != "", err
	})
	return page, err
}
