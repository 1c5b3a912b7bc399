package inbound

import (
	"slices"
	"strings"

	"comity/domain"
)

// An event is a word that says what happens: dates and amounts near it are its.
type event struct {
	at, to int // tokens
	role   Role
}

// condition is what an "until" after a phrase waits for.
type condition int

const (
	conditionNone condition = iota
	conditionDay
	conditionEvent
)

const conditionReach = 12

var untils = set("until till unless before bis bevor solange tant avant jusqu hasta mientras antes menos ate enquanto long")

// condition looks for "until" after token to in the same sentence.
func (s *scan) condition(to int) condition {
	for i := to; i < len(s.tokens) && i < to+conditionReach && s.tokens[i].sentence == s.tokens[to-1].sentence; i++ {
		if !untils[s.tokens[i].text] {
			continue
		}
		for _, d := range s.dates {
			if start := s.tokenAt(d.Evidence.Start); start > i && start <= i+4 {
				return conditionDay
			}
		}
		return conditionEvent
	}
	return conditionNone
}

// tokenAt returns the first token that ends after a place.
func (s *scan) tokenAt(place int) int {
	at, _ := slices.BinarySearchFunc(s.tokens, place, func(t token, place int) int {
		if t.end <= place {
			return -1
		}
		return 1
	})
	return at
}

var (
	payWords = set("pay paying payment payments transfer wire remit settle process release clear send remitting transferring settling sending " +
		"zahlen zahle zahlt bezahlen bezahle uberweisen uberweise uberweist zahlung uberweisung begleichen zahlungseingang anweisen " +
		"payer paierons paierai paiement reglement regler reglerons reglerai virement virer effectuerons " +
		"pagar pagaremos pagare pago transferir transferiremos transferencia abonar liquidar abonaremos realizaremos " +
		"pagarei pagamento transferiremos quitar pagaremos receive have expect efetuaremos faremos follow follows paid settled transferred wired remitted")
	moneyWords = set("money funds payment it amount balance rest remainder invoice geld betrag argent montant dinero importe dinheiro valor")
	otherWords = set("check checking look looking revert reply respond answer call speak talk review confirm know deliver delivered delivery received arrived issued dated " +
		"ordered invoiced vacation holiday leave sick urlaub ferien conge vacaciones ferias meeting meet due back approve approved approval discuss update informed asked told opened closed away return returns " +
		"prufen melden melde geliefert datiert fallig sprechen ruckmeldung verifier livre recu livraison echeance reviendrai reviendrons " +
		"verificar revisar entregado recibido vencimiento entregue recebido responder")
	remains       = set("remaining remainder rest")
	disputedWords = set("overcharged deduct deducting deduction short credit credited withhold withholding dispute disputed disputing refund " +
		"abziehen gutschrift reklamieren deduire avoir contestons descontar descontaremos abono desconto credito")
)

// findEvents lists, in order, the words that give dates and amounts a meaning.
func (s *scan) findEvents() []event {
	var events []event
	for i, t := range s.tokens {
		role := Role("")
		switch {
		case s.within(FlagSaysPaid, i):
			role = RolePaid
		case disputedWords[t.text] && (t.text != "credit" || !s.next(i, "card")):
			role = RoleDisputed
		case remains[t.text]:
			role = RolePay
			if n := len(events); n > 0 && events[n-1].at >= i-2 && s.tokens[events[n-1].at].sentence == t.sentence {
				role = events[n-1].role // "we paid the rest"
			}
		case payWords[t.text]:
			role = s.payRole(i)
		case otherWords[t.text]:
			role = RoleOther
		}
		if role != "" {
			events = append(events, event{i, i + 1, role})
		}
	}
	return events
}

func (s *scan) next(i int, word string) bool {
	return i+1 < len(s.tokens) && s.tokens[i+1].text == word
}

// within reports whether token i belongs to a phrase of a code.
func (s *scan) within(code Code, i int) bool {
	n, _ := slices.BinarySearchFunc(s.hits, i+1, func(h hit, at int) int { return h.from - at })
	for n--; n >= 0 && s.hits[n].from > i-8; n-- {
		if h := s.hits[n]; h.code == code && i < h.to {
			return true
		}
	}
	return false
}

// payRole judges a word of paying: meant, declined, or about something else.
func (s *scan) payRole(i int) Role {
	t := s.tokens[i]
	switch t.text {
	case "send", "sending", "process", "release", "clear", "receive", "have", "expect":
		near := false
		for n := i + 1; n <= i+4 && n < len(s.tokens) && s.tokens[n].sentence == t.sentence; n++ {
			near = near || moneyWords[s.tokens[n].text] && s.tokens[n].text != "invoice" || s.amountAt(n)
		}
		if !near {
			return ""
		}
	case "paid", "settled", "transferred", "wired", "remitted":
		if !s.before(i, 3, "be") {
			return ""
		}
	case "payment", "payments":
		if s.next(i, "plan") || s.next(i, "terms") || s.next(i, "reminder") || s.next(i, "details") {
			return ""
		}
	}
	if s.before(i, 4, "asked") || s.before(i, 4, "told") || s.before(i, 4, "demand") || s.before(i, 3, "your") && t.text != "pay" {
		return RoleOther
	}
	if negated(s.tokens, i, i+1) {
		if s.condition(i+1) == conditionDay {
			return RolePay
		}
		return RoleDeclined
	}
	if t.asks {
		return RoleProposed
	}
	return RolePay
}

// before reports whether a word stands at most reach words before token i.
func (s *scan) before(i, reach int, word string) bool {
	for n := i - 1; n >= 0 && n >= i-reach && s.tokens[n].sentence == s.tokens[i].sentence; n-- {
		if s.tokens[n].text == word {
			return true
		}
	}
	return false
}

func (s *scan) amountAt(i int) bool {
	n, _ := slices.BinarySearchFunc(s.amounts, s.tokens[i].start, func(a FoundAmount, start int) int {
		if a.Evidence.End <= start {
			return -1
		}
		return 1
	})
	return n < len(s.amounts) && s.amounts[n].Evidence.Start < s.tokens[i].end
}

// assignRoles gives each amount and date the meaning of the event nearest to it.
func (s *scan) assignRoles() {
	for i := range s.amounts {
		s.amounts[i].Role = s.roleOf(s.amounts[i].Evidence)
	}
	for i := range s.dates {
		d := &s.dates[i]
		d.Role = s.roleOf(d.Evidence)
		if d.Role == RoleDisputed {
			d.Role = RoleOther
		}
	}
	if len(s.events) == 0 && s.onlyOffers() {
		for i := range s.amounts {
			s.amounts[i].Role = RolePay
		}
		for i := range s.dates {
			s.dates[i].Role = RolePay
		}
	}
	s.amounts = slices.DeleteFunc(s.amounts, func(a FoundAmount) bool { return a.Relative && a.Role == RoleOther }) // half of something else
	for i := range s.dates {
		d := &s.dates[i]
		ahead := slices.ContainsFunc(d.Days, func(on domain.Date) bool { return !on.Before(s.today) })
		switch {
		case (d.Role == RolePay || d.Role == RoleProposed) && !ahead:
			d.Role = RoleOther // nobody pays in the past
		case d.Role == RolePaid && ahead && !slices.ContainsFunc(d.Days, func(on domain.Date) bool { return !on.After(s.today) }):
			d.Role = RolePay // nor paid in the future
		}
	}
}

const maxOffer = 10 // words

// past are words of sentences that tell something instead.
var past = set("was were had did paid been not no never arrived delivered met spoke war waren hatte nicht etait pas fue no foi nao")

// onlyOffers reports whether the text is little more than a sum or a day:
// "Friday at the latest.", "Half now and half on Friday."
func (s *scan) onlyOffers() bool {
	tells := func(t token) bool { return past[t.text] || strings.HasSuffix(t.text, "n't") }
	return len(s.tokens) <= maxOffer && !slices.ContainsFunc(s.tokens, tells) && !slices.ContainsFunc(s.hits, func(h hit) bool {
		return h.code != markHalf && h.code != markWhole && h.code != FlagWantsPlan
	})
}

// roleOf looks for the event before a place in its sentence, then for one after
// it if the sentence or clause begins with the place.
func (s *scan) roleOf(e Evidence) Role {
	at := s.tokenAt(e.Start)
	if at >= len(s.tokens) {
		return RoleOther
	}
	t := s.tokens[at]
	n, _ := slices.BinarySearchFunc(s.events, at, func(ev event, at int) int { return ev.at - at })
	if n > 0 && s.tokens[s.events[n-1].at].sentence == t.sentence {
		return s.events[n-1].role
	}
	if n == len(s.events) || s.tokens[s.events[n].at].sentence != t.sentence {
		return RoleOther
	}
	first := at
	for first > 0 && first > at-maxClause && s.tokens[first-1].clause == t.clause {
		first--
	}
	starts := at-first <= 3 && (s.tokens[s.events[n].at].clause == t.clause || at-first <= 2 && s.tokens[s.events[n].at].clause == t.clause+1)
	if !starts {
		return RoleOther
	}
	return s.events[n].role
}
