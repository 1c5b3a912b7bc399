package inbound

import (
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// said is how each code reads after "You told us that". {it} is the invoice
// where it acts, {them} where something is done with it.
var said = map[Code]string{
	ReasonCashFlow:        "money is short at the moment",
	ReasonAdminHurdle:     "an administrative step stands in the way",
	ReasonUnforeseen:      "something unforeseen has happened",
	ReasonApprovalPending: "{it} {waits} for approval",
	ReasonInvoiceMissing:  "you do not have {them}",
	ReasonDispute:         "you do not agree with {them} in full",
	ReasonOversight:       "{it} {was} overlooked",
	ReasonOther:           "there is a reason for the delay",
	FlagWantsPlan:         "you would like more time or a plan",
	FlagHardship:          "times are hard for you",
	FlagRefuses:           "you will not pay {them}",
	FlagRepresented:       "a lawyer speaks for you",
	FlagCeaseContact:      "you want no further messages",
	FlagComplaint:         "you have a complaint",
	FlagInsolvency:        "there is an insolvency or a similar proceeding",
	FlagWrongContact:      "somebody else is the right person to write to",
}

const (
	maxPoints = 6 // that the sentence makes
	maxNamed  = 4 // amounts, days or invoices that a point names
)

// Summary says a proposal in one or two sentences, for the collector and, once
// confirmed, for the debtor. It names nothing that was not found.
func Summary(p Proposal) string {
	if p.AcknowledgementOnly {
		return "You confirmed that our message arrived."
	}
	var points []string
	name := nameOf(p.Invoices)
	for _, f := range slices.Concat(p.Reasons, p.Flags) {
		if words := said[f.Code]; words != "" {
			points = append(points, name.fill(words))
		}
	}
	points = append(points, p.payments(&name)...)
	var sentences []string
	if len(points) > 0 {
		sentences = append(sentences, "You told us that "+listed(points[:min(len(points), maxPoints)], ", that ", " and that ")+".")
	} else if len(p.Invoices) > 0 {
		sentences = append(sentences, "You wrote to us about "+name.fill("{them}")+".")
	}
	if sum, day := p.amounts(RoleProposed), p.days(RoleProposed); sum != "" || day != "" {
		sentences = append(sentences, join("You asked whether you can pay", sum, day)+".")
	} else if p.Has(FlagAsksQuestion) {
		sentences = append(sentences, "You asked us something, and we owe you an answer.")
	}
	if len(sentences) == 0 {
		return "We read your message and cannot tell by ourselves what it means for the payment."
	}
	return strings.Join(sentences, " ")
}

// naming names the invoices once, and says "it" or "they" from then on.
type naming struct {
	first   string
	several bool
	used    bool
}

func nameOf(found []FoundInvoice) naming {
	var numbers []string
	for _, f := range found[:min(len(found), maxNamed)] {
		numbers = append(numbers, short(f.Invoice))
	}
	switch {
	case len(found) > maxNamed:
		return naming{first: fmt.Sprintf("%d invoices", len(found)), several: true}
	case len(found) > 1:
		return naming{first: "invoices " + listed(numbers, ", ", " and "), several: true}
	case len(found) == 1:
		return naming{first: "invoice " + numbers[0]}
	}
	return naming{first: "the invoice"}
}

func (n *naming) fill(words string) string {
	it, them, waits, was := n.first, n.first, "waits", "was"
	if n.used {
		it, them = "it", "it"
	}
	if n.several {
		waits, was = "wait", "were"
		if n.used {
			it, them = "they", "them"
		}
	}
	n.used = n.used || strings.Contains(words, "{it}") || strings.Contains(words, "{them}")
	return strings.NewReplacer("{it}", it, "{them}", them, "{waits}", waits, "{was}", was).Replace(words)
}

// payments says what was paid, what is to be paid, and what is disputed.
func (p Proposal) payments(name *naming) []string {
	var points []string
	paid, when := p.amounts(RolePaid), p.days(RolePaid)
	switch {
	case paid != "":
		points = append(points, join("you have paid", paid, when))
	case p.Has(FlagSaysPaid):
		points = append(points, join("you have paid", name.fill("{them}"), when))
	}
	sum, day := p.amounts(RolePay), p.days(RolePay)
	if sum != "" || day != "" {
		points = append(points, join("you expect to pay", sum, day))
	}
	if disputed := p.amounts(RoleDisputed); disputed != "" {
		points = append(points, join("you do not agree to", disputed))
	}
	if sum, day := p.amounts(RoleDeclined), p.days(RoleDeclined); sum != "" || day != "" {
		points = append(points, join("you cannot or will not pay", sum, day))
	}
	if other := p.amounts(RoleOther); other != "" && len(points) == 0 {
		points = append(points, join("this is about", other))
	}
	return points
}

func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func (p Proposal) amounts(role Role) string {
	var sums []string
	for _, a := range p.Amounts {
		if text := a.Amount.Grouped(); a.Role == role && !slices.Contains(sums, text) && len(sums) < maxNamed {
			sums = append(sums, text)
		}
	}
	return listed(sums, ", ", " and ")
}

func (p Proposal) days(role Role) string {
	var days []string
	for _, d := range p.Dates {
		if d.Role != role || len(days) >= maxNamed {
			continue
		}
		words := "on " + listed(longDays(d.Days), " or ", " or ")
		if d.Vague {
			words = "by " + listed(longDays(d.Days), " or ", " or ")
		}
		if !slices.Contains(days, words) {
			days = append(days, words)
		}
	}
	return listed(days, ", ", " and ")
}

func longDays(days []domain.Date) []string {
	var words []string
	for _, d := range days {
		words = append(words, d.Long())
	}
	return words
}

// listed joins words as a sentence does.
func listed(words []string, between, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], between) + last + words[len(words)-1]
}
