package collections

import (
	"slices"
	"strings"

	"comity/domain"
)

// LetterFollowUp is how a seller thanks its debtor once everything is settled about a part that was its
// own again: in its own name, from its own address, and without a word of a factor (C-158, D-24). It is
// a draft that the seller sends by itself: nobody here writes to a debtor about what is not here any more.
const LetterFollowUp = "follow_up"

// FollowUp writes it. It refuses with domain.ErrWrongState while anything is left, or while the seller has not
// said why a dispute came about (C-154).
func FollowUp(f domain.CaseFacts, deal domain.Deal) (Paper, error) {
	given := slices.DeleteFunc(slices.Clone(f.Recourses), func(r domain.Recourse) bool { return r.Deal != deal.ID || !r.Reassigned() })
	if len(given) == 0 {
		return Paper{}, domain.ErrWrongState.Because("nothing of this invoice is the seller's again").In(string(deal.Status))
	}
	if slices.ContainsFunc(f.Recourses, func(r domain.Recourse) bool { return r.Deal == deal.ID && r.Held() }) {
		return Paper{}, domain.ErrWrongState.Because("another part of this invoice is still with the factor").In("title_held")
	}
	found := ""
	for _, r := range given {
		if r.Left().Positive() {
			return Paper{}, domain.ErrWrongState.Because("%s of what is yours again is left: say what became of it first", r.Left().Grouped()).In("left")
		}
		i := slices.IndexFunc(f.Disputes, func(d domain.Dispute) bool { return d.ID == r.Dispute && !r.Dispute.IsZero() })
		if i >= 0 && f.Disputes[i].RootCause == "" {
			return Paper{}, domain.ErrWrongState.Because("say first why the dispute came about").In("no_root_cause")
		}
		if i >= 0 {
			found = f.Disputes[i].RootCause
		}
	}
	if deal.Open.Positive() && deal.Status == domain.DealPaidOut {
		return Paper{}, domain.ErrWrongState.Because("%s of the invoice is the factor's and open", deal.Open.Grouped()).In(string(deal.Status))
	}
	f.Case.Disclosure = domain.Confidential // in the seller's voice alone
	if _, ok := f.Item(deal.ID); !ok {
		f.Items = append(slices.Clone(f.Items), domain.CaseItem{Deal: deal})
	}
	data := paperOf(f, []domain.DealID{deal.ID})
	if len(LintLine(0, found)) == 0 {
		data.Found = strings.TrimRight(oneLine(data.quoted(found, "")), ".")
	}
	return printed(f, LetterFollowUp, data, letterhead(f.Seller))
}
