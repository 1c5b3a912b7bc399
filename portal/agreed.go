package portal

import "comity/domain"

// agreed says who has agreed to what is put to the parties of a mediation now, the debtor first, and whose
// word is still missing. The factor's yes to the offer is its policy, so nobody is told of it.
func (w *words) agreed(page domain.DebtorPage, m domain.Mediation) []string {
	p, waits := m.Proposal()
	switch {
	case waits:
		return w.parties(page, w.YouAccepted, w.TheyAccepted, domain.Sides[bool]{
			Debtor: p.Words.Debtor == domain.WordAccepted, Seller: p.Words.Seller == domain.WordAccepted, Factor: p.Words.Factor == domain.WordAccepted,
		})
	case m.Status == domain.MediationAppointed && m.Timetable != nil:
		at := m.Timetable.Agreed
		return w.parties(page, w.YouAgreed, w.TheyAgreed, domain.Sides[bool]{Debtor: !at.Debtor.IsZero(), Seller: !at.Seller.IsZero(), Factor: !at.Factor.IsZero()})
	case m.Status == domain.MediationOffered && m.Answers.Seller == domain.WordAccepted:
		return []string{w.TheySaidYes.With("name", page.Seller)}
	default:
		return nil
	}
}

// parties says of each party, the debtor first, that it agreed or that its word is still missing.
func (w *words) parties(page domain.DebtorPage, you, they phrase, agreed domain.Sides[bool]) []string {
	if !agreed.Debtor {
		you = w.YouMissing
	}
	all := []string{string(you)}
	for _, other := range []struct {
		name   string
		agreed bool
	}{{page.Seller, agreed.Seller}, {page.Factor, agreed.Factor}} {
		said := they
		if !other.agreed {
			said = w.TheyMissing
		}
		all = append(all, said.With("name", other.name))
	}
	return all
}
