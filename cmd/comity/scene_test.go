package main

import (
	"testing"

	"comity/domain"
	"comity/formats"
	"comity/money"
)

// A scene is a house with two sellers, two factors and one deal of Alice's with
// Eastbrook: sold, its advance paid out, its debtor told.
type scene struct {
	*storyA
	alice, bob shop
	rival      *client // a factor without a deal
	neutral    *client // a mediator, where the scene has one
	debtor     string  // Alice's debtor's address
	banks      []*bankedAccount
	bank       bank
}

const sceneDay = "2026-02-05"

// newScene plays a deal until its advance is paid out on 5 February.
func newScene(t *testing.T, terms ...map[string]any) *scene {
	t.Helper()
	h := newHouse(t, onDay{payday: domain.MustDate("2026-03-09")}, "2026-02-03T14:00:00Z")
	s := &scene{storyA: &storyA{house: h}, debtor: "ap-111@seeblick.example"}
	s.eastbrook = h.buyer("Eastbrook", "1000000.00", terms...)
	s.alice, s.bob = h.shop("Alice GmbH", "111"), h.shop("Bob GmbH", "222")
	s.marlow, s.rel, s.invoice = s.alice.client, s.alice.rel, s.alice.invoice
	for i, purpose := range []string{"operating", "collection"} {
		number, err := testIBAN(900_000 + 10*len("Eastbrook") + i)
		h.must(err)
		account := bankedAccount{
			purpose: purpose, number: number, currency: "EUR", calendar: domain.BankingDays("EUR", "DE"), through: domain.MustDate("2026-02-03"),
			balance: money.Minor(int64(1-i)*5_000_000, "EUR"), booked: map[domain.Date][]formats.BankLine{},
		}
		if purpose == "operating" {
			s.operating = account
		} else {
			s.collection = account
		}
	}
	s.banks = []*bankedAccount{&s.operating, &s.collection}
	s.bank = bank{factor: s.eastbrook, accounts: s.banks, seen: map[string]bool{}}
	s.sell()
	s.payOut()
	s.rival = h.buyer("Northgate Receivables", "1000000.00")
	return s
}

// sell submits Alice's invoice and accepts the offer.
func (s *scene) sell() {
	s.t.Helper()
	s.clock(sceneDay + "T09:00:00Z")
	s.offerID = s.offers(s.alice)[0]
	var accepted struct {
		Deal struct{ ID string } `json:"deal"`
		Case string              `json:"case_id"`
	}
	s.must(s.alice.post(s.t.Context(), "/v1/offers/"+s.offerID+"/accept", nil, &accepted))
	s.deal, s.kase = accepted.Deal.ID, accepted.Case
}

// payOut meets every condition and lets the bank carry the advance out.
func (s *scene) payOut() {
	s.t.Helper()
	s.conditions()
	s.must(s.bank.carryOut(s.t.Context(), domain.MustDate(sceneDay)))
	s.clock("2026-02-06T09:00:00Z")
	s.files(sceneDay)
}

func (s *scene) conditions() {
	s.t.Helper()
	s.condition(s.platform, "seller_approved", "owner approved", "2026-02-02T15:00:00Z", "")
	s.condition(s.platform, "account_proven", "hold over", "2026-01-21T15:00:00Z", "")
	s.condition(s.eastbrook, "verified", "will pay Eastbrook", "2026-02-04T15:00:00Z", "2026-03-06")
	s.condition(s.alice.client, "introduced", "from Alice's own mailbox", "2026-02-03T14:00:00Z", "")
	s.quiet()
}

// link returns the first link that Alice's debtor got.
func (s *scene) link() string {
	s.t.Helper()
	letters, err := s.letters(s.t.Context(), s.debtor)
	s.must(err)
	for _, l := range letters {
		if found := debtorLink.FindString(l.Text); found != "" {
			return found
		}
	}
	s.t.Fatalf("%s has %d letters and no link", s.debtor, len(letters))
	return ""
}

// arrives books a payment on the collection account and loads the day's files.
func (s *scene) arrives(day string, minor int64, remittance string) {
	s.t.Helper()
	s.collection.book(domain.MustDate(day), formats.BankLine{Amount: money.Minor(minor, "EUR"), Counterparty: "Hotel Seeblick AG", Remittance: remittance})
	s.clock(domain.MustDate(day).Plus(1).String() + "T05:00:00Z")
	s.files(day)
}

// counts returns how many rows every table has; what machines keep for
// themselves is left out.
func (h *house) counts() map[string]int {
	h.t.Helper()
	if h.owner == nil {
		h.owner = h.data.Owner(h.t)
	}
	rows, err := h.owner.QueryContext(h.t.Context(), `SELECT c.relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::int
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`)
	h.must(err)
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var table string
		var n int
		h.must(rows.Scan(&table, &n))
		counts[table] = n
	}
	h.must(rows.Err())
	return counts
}
