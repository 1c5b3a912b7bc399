package main

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/generator"
)

// What a year's ids are of; a number makes the rest of one.
const (
	yearWorldID = iota + 0x7d01
	yearOrgID
	yearUserID
	yearAccountID
	yearDebtorID
	yearRelationshipID
	yearDealID
	yearCaseID
	yearReceiptID
)

func yearID(kind, n int) uuid.UUID {
	var id uuid.UUID
	id[4], id[5], id[6], id[8] = byte(kind>>8), byte(kind), 0x70, 0x80
	for i := range 6 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

// yearNumber is the number that yearID made an id of.
func yearNumber(id uuid.UUID) int {
	n := 0
	for _, b := range id[10:] {
		n = n<<8 | int(b)
	}
	return n
}

// yearDice throws a number below n that depends on the seed and on what it is thrown for,
// and on nothing that happened before: whichever worker comes first, it is the same.
func (y *yearTown) dice(n int, about ...int) int {
	h := y.size.Seed + 0x9e3779b97f4a7c15
	for _, a := range about {
		h = (h ^ uint64(a)) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	high, _ := bits.Mul64(h*0x9e3779b97f4a7c15, uint64(n))
	return int(high)
}

// What dice are thrown for.
const (
	forPlace = iota
	forType
	forLegal
	forContact
	forSellers
	forSeller
	forPhone
	forApproval
	forBills
	forIssue
	forTerms
	forAmount
	forMade
	forPart
	forLate
	forStrange
	forSend
	forReaction
	forWay
	forHour
	forShare
	forDays
	forWork
	forConsent
	forResult
)

var yearPlaces = []struct {
	country, region, zone, currency string
	weight                          int
}{
	{"US", "US-NY", "America/New_York", "USD", 22},
	{"US", "US-CA", "America/Los_Angeles", "USD", 12},
	{"US", "", "America/Chicago", "USD", 8},
	{"GB", "", "Europe/London", "GBP", 16},
	{"DE", "", "Europe/Berlin", "EUR", 14},
	{"FR", "", "Europe/Paris", "EUR", 9},
	{"ES", "", "Europe/Madrid", "EUR", 7},
	{"AU", "", "Australia/Sydney", "USD", 6},
	{"NZ", "", "Pacific/Auckland", "USD", 6},
}

var yearTypes = []struct {
	of     generator.Type
	weight int
}{
	{generator.Prompt, 28},
	{generator.Early, 12},
	{generator.HabitualLate, 20},
	{generator.WeeklyRun, 10},
	{generator.MonthEndRun, 8},
	{generator.CashPoor, 8},
	{generator.Disputing, 6},
	{generator.Silent, 5},
	{generator.NeverPays, 3},
}

// yearCurrencies are those that every factor collects.
var yearCurrencies = []string{"EUR", "GBP", "USD"}

// A yearDebtor is somebody who owes, to one seller or to several.
type yearDebtor struct {
	n         int
	kind      generator.Type
	behaviour *generator.Behaviour
	country   string
	currency  string
	zone      *time.Location
	cal       domain.Calendar
	email     string
	person    bool // a natural person
}

// A yearPair is a seller's relationship with a debtor; one factor serves it for ever.
type yearPair struct{ n, debtor, seller, factor int }

// A yearDeal is a deal in the memory of the simulation: what will be paid, and when.
type yearDeal struct {
	n, pair       int
	made          domain.Date
	issued, due   domain.Date
	minor, open   int64
	paid, rest    domain.Date // the value days of the payments; zero: never
	first, second int64
}

func (y *yearTown) pick(weights func(int) int, among int, about ...int) int {
	sum := 0
	for i := range among {
		sum += weights(i)
	}
	at := y.dice(sum, about...)
	for i := range among {
		if at -= weights(i); at < 0 {
			return i
		}
	}
	return among - 1
}

// people draws the debtors, and who sells to them.
func (y *yearTown) people() []map[string]any {
	var rows []map[string]any
	for n := range y.size.Debtors {
		place := yearPlaces[y.pick(func(i int) int { return yearPlaces[i].weight }, len(yearPlaces), forPlace, n)]
		kind := yearTypes[y.pick(func(i int) int { return yearTypes[i].weight }, len(yearTypes), forType, n)].of
		if n < len(yearTypes) { // however few there are, there is one of each
			kind = yearTypes[n].of
		}
		zone, _ := time.LoadLocation(place.zone) // the tables are built in
		legal := []string{"company", "company", "company", "company", "company", "company", "partnership", "sole_trader", "sole_trader", "public_body"}[y.dice(10, forLegal, n)]
		sellers := 1
		if share := y.dice(100, forSellers, n); share < 15 {
			sellers = min(2+share%2, y.size.Sellers)
		}
		contact, email := "", fmt.Sprintf("ap@debtor%05d.example", n)
		if sellers == 1 && y.dice(100, forContact, n) < 55 {
			contact, email = []string{"Dana Reyes", "Sam Okafor", "Mira Holt", "Jo Lindqvist"}[n%4], fmt.Sprintf("buyer@debtor%05d.example", n)
		}
		phone := ""
		if y.dice(100, forPhone, n) < 60 {
			phone = fmt.Sprintf("+1212555%04d", n%10_000)
		}
		d := yearDebtor{
			n: n, kind: kind, country: place.country, currency: place.currency, zone: zone, cal: domain.BusinessDays(place.country), email: email,
			behaviour: generator.Typical(kind, generator.Runs).Begin(y.size.Seed<<20 + uint64(n)), person: legal == "sole_trader" || legal == "partnership",
		}
		y.debtors = append(y.debtors, d)
		for i := range sellers {
			p := yearPair{n: len(y.pairs), debtor: n, seller: (y.dice(y.size.Sellers, forSeller, n) + i*7) % y.size.Sellers}
			if slices.ContainsFunc(y.pairs[len(y.pairs)-i:], func(q yearPair) bool { return q.seller == p.seller }) {
				continue
			}
			p.factor = y.dice(y.size.Factors, forSeller, p.seller, n)
			approval := "none"
			if share := y.dice(100, forApproval, p.seller); share < 8 {
				approval = []string{"first_touch", "every_touch"}[share%2]
			}
			y.pairs = append(y.pairs, p)
			rows = append(rows, map[string]any{
				"id": yearID(yearRelationshipID, p.n), "seller": yearID(yearOrgID, y.size.Factors+p.seller), "debtor": yearID(yearDebtorID, n), "name": fmt.Sprintf("Debtor %05d Trading", n),
				"legal": legal, "country": place.country, "region": place.region, "zone": place.zone, "email": email, "contact": contact, "phone": phone,
				"heads_up": y.dice(100, forApproval, p.n, n) < 70, "approval": approval,
			})
		}
	}
	return rows
}

// bills draws what is bought from the pairs over the year, in the order of issue.
func (y *yearTown) bills() {
	terms := []int{14, 14, 21, 30, 30, 30, 45, 45, 60, 60}
	shared := map[int]int{}
	for _, p := range y.pairs {
		shared[p.debtor]++
	}
	for _, p := range y.pairs {
		bills := 2 + y.dice(3, forBills, p.n)
		if shared[p.debtor] > 1 {
			bills = 1 + y.dice(3, forBills, p.n)
		}
		for i := range bills {
			issued := yearBegins.Plus(y.dice(max(1, y.size.Days-20), forIssue, p.n, i))
			y.deals = append(y.deals, yearDeal{
				pair: p.n, issued: issued, due: issued.Plus(terms[y.dice(len(terms), forTerms, p.n, i)]),
				made: issued.Plus(y.dice(5, forMade, p.n, i)), minor: int64(20_000 + y.dice(2_000_000, forAmount, p.n, i)),
			})
		}
	}
	slices.SortStableFunc(y.deals, func(a, b yearDeal) int { return b.issued.DaysUntil(a.issued) })
	for n := range y.deals {
		d := &y.deals[n]
		d.n, d.open, d.first = n, d.minor, d.minor
		debtor := &y.debtors[y.pairs[d.pair].debtor]
		d.paid = debtor.behaviour.Pay(generator.Bill{Issued: d.issued, Due: d.due}).On
		if !d.paid.IsZero() && d.paid.Before(d.made.Plus(1)) {
			d.paid = d.made.Plus(1)
		}
		if debtor.kind == generator.CashPoor && !d.paid.IsZero() && y.dice(3, forPart, n) == 0 {
			d.first = d.minor * int64(30+y.dice(40, forPart, n, 1)) / 100
			d.second, d.rest = d.minor-d.first, d.paid.Plus(14+y.dice(30, forPart, n, 2))
		}
		y.at(d.made.At(12, 0, time.UTC), yearEvent{kind: yearMakesDeal, n: n})
	}
}

// found writes the world, and plans what comes by the calendar.
func (y *yearTown) found(ctx context.Context) error {
	var organizations, accounts []map[string]any
	for f := range y.size.Factors {
		place := yearPlaces[[]int{0, 4, 3, 5, 7, 1, 6}[f%7]]
		zone, _ := time.LoadLocation(place.zone)
		y.factors = append(y.factors, yearFactor{zone: zone, cal: domain.BusinessDays(place.country)})
		organizations = append(organizations, map[string]any{
			"id": yearID(yearOrgID, f), "kind": "factor", "name": fmt.Sprintf("Factor %d", f), "country": place.country, "zone": place.zone, "email": fmt.Sprintf("desk@factor%d.example", f),
		})
		for c, currency := range yearCurrencies {
			n := f*len(yearCurrencies) + c
			number, err := testIBAN(1 + n)
			if err != nil {
				return err
			}
			accounts = append(accounts, map[string]any{
				"id": yearID(yearAccountID, n), "org": yearID(yearOrgID, f), "currency": currency, "holder": fmt.Sprintf("Factor %d", f), "country": "DE", "iban": number.IBAN(),
			})
			y.feeds = append(y.feeds, yearFeed{factor: f, currency: currency, banking: domain.BankingDays(yearMoney(currency), place.country), money: map[domain.Date][]yearPayment{}})
			y.plan(n, yearBegins.Plus(-7))
		}
		y.at(yearBegins.At(9, 0, zone), yearEvent{kind: yearWorks, n: f})
	}
	for s := range y.size.Sellers {
		place := yearPlaces[s%len(yearPlaces)]
		organizations = append(organizations, map[string]any{
			"id": yearID(yearOrgID, y.size.Factors+s), "kind": "seller", "name": fmt.Sprintf("Seller %03d", s), "country": place.country, "zone": place.zone, "email": fmt.Sprintf("office@seller%03d.example", s),
		})
	}
	if err := y.rows.Found(ctx, organizations, accounts, y.people(), y.now); err != nil {
		return err
	}
	y.bills()
	for _, country := range []string{"US", "GB", "DE", "FR", "ES", "AU", "NZ"} {
		var days []string
		for day, cal := yearBegins.Plus(-10), domain.BusinessDays(country); day.Before(yearBegins.Plus(y.size.Days + 10)); day = day.Plus(1) {
			if cal.IsBusinessDay(day) {
				days = append(days, day.String())
			}
		}
		if err := y.rows.BusinessDays(ctx, country, days); err != nil {
			return err
		}
	}
	return nil
}
