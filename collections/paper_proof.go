package collections

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// LetterProof is what a debtor gets that asks for proof of an assignment (F-41).
const LetterProof = "proof"

// proving is what a proof says beside a case's facts.
type proving interface {
	Sales(context.Context, []domain.DealID) ([]domain.Sale, error)
	SaveProof(ctx context.Context, kase domain.Case, question domain.QuestionID, letter domain.Document, at time.Time) error
	DebtorProof(context.Context, domain.LinkID) (domain.Document, error)
}

// Prove writes that a factor has bought invoices: which and when, who agreed on each side as far as
// that was recorded, when the debtor had its notice, and how it finds out without us. It names no
// account, no price and no terms.
func Prove(f domain.CaseFacts, deals []domain.DealID, sales []domain.Sale) (Paper, error) {
	data := paperOf(f, deals)
	l := localOf(&f)
	for i := range data.Items {
		row := &data.Items[i]
		item, _ := f.Item(row.deal)
		row.Issued, row.Sold, row.Arrived = item.Issued.Short(), l.day(item.Deal.MadeAt).Short(), moment(item.NoticeAt, l)
		if t, err := sentAbout(f, item.Deal, LetterNotice); err == nil {
			row.Left = moment(t.ClaimedAt, l)
		}
		for _, sale := range sales {
			if sale.Deal == row.deal {
				row.Seller, row.Buyer = agreedFor(sale.Seller, ""), agreedFor(sale.Buyer, "offered "+standing(sale)+l.day(sale.OfferedAt).Short())
			}
		}
	}
	return printed(f, LetterProof, data, letterhead(f.Factor))
}

// moment writes a day and a time in the debtor's zone; "" for none.
func moment(at time.Time, l local) string {
	if at.IsZero() {
		return ""
	}
	return l.day(at).Short() + ", " + at.In(l.zone).Format("15:04")
}

// standing says that nobody looked at an offer by itself.
func standing(sale domain.Sale) string {
	if sale.Looked {
		return ""
	}
	return "by a standing offer, "
}

// agreedFor says who agreed for a side, and how; who is not recorded is left out.
func agreedFor(name, how string) string {
	said := []string{withoutBankDetails(name, ""), how}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), ", ")
}

// provable lists the invoices of a case that the debtor had a notice of and that were not given back.
func provable(f domain.CaseFacts) []domain.DealID {
	var deals []domain.DealID
	for _, item := range f.Items {
		if !item.NoticeAt.IsZero() && item.Deal.Status != domain.DealChargedBack {
			deals = append(deals, item.Deal.ID)
		}
	}
	return deals
}

// proof writes the proof of every invoice of a case that there is one of.
func proof(ctx context.Context, tx Tx, f domain.CaseFacts) (*Paper, error) {
	deals := provable(f)
	if len(deals) == 0 {
		return nil, nil //nolint:nilnil // nothing is proven, and that is no fault
	}
	sales, err := tx.Sales(ctx, deals)
	if err != nil {
		return nil, fmt.Errorf("look up who sold: %w", err)
	}
	paper, err := Prove(f, deals, sales)
	return &paper, err
}

// proofOf writes the proof that a deal is part of, or refuses with domain.ErrWrongState.
func proofOf(ctx context.Context, tx Tx, f domain.CaseFacts, deal domain.Deal) (Paper, error) {
	if !slices.Contains(provable(f), deal.ID) {
		return Paper{}, domain.ErrWrongState.Because("the debtor has had no notice of this invoice, or it was given back: there is nothing to prove").In(string(deal.Status))
	}
	paper, err := proof(ctx, tx, f)
	if err != nil {
		return Paper{}, err
	}
	return *paper, nil
}

// proofAsked returns the request for proof that a message answers, if it answers one.
func proofAsked(f domain.CaseFacts, t domain.Touch) (domain.Question, bool) {
	i := slices.IndexFunc(f.Questions, func(q domain.Question) bool {
		return t.Class == domain.ClassAnswer && q.Topic == domain.TopicProof && t.Step == stepAnswer+q.ID.String()
	})
	if i < 0 {
		return domain.Question{}, false
	}
	return f.Questions[i], true
}

// proofSent writes the proof that leaves with the answer to a question, and keeps it as it leaves: its
// debtor reads the same letter again.
func proofSent(ctx context.Context, tx Tx, f domain.CaseFacts, q domain.Question, blob domain.BlobID) (*Paper, error) {
	paper, err := proof(ctx, tx, f)
	if paper == nil || err != nil {
		return nil, err
	}
	content, err := paper.Print.PDF()
	if err != nil {
		return nil, fmt.Errorf("print the proof: %w", err)
	}
	sum := sha256.Sum256(content)
	letter := domain.Document{ID: blob, MediaType: "application/pdf", FileName: paper.Name, Bytes: content, SHA256: sum[:]}
	if err := tx.SaveProof(ctx, f.Case, q.ID, letter, f.Now); err != nil {
		return nil, fmt.Errorf("keep the proof: %w", err)
	}
	return paper, nil
}

// DebtorProof returns the letter that left with the latest answer to a request for proof, as it left
// (F-41). It refuses with domain.ErrNotFound where none did, and in a mode in which there is none to give.
func (s *Service) DebtorProof(ctx context.Context, by domain.Caller) (domain.Document, error) {
	return seen(ctx, s, by, func(tx Tx) (domain.Document, error) {
		page, err := tx.DebtorPage(ctx, by.Link, false)
		if err != nil {
			return domain.Document{}, err
		}
		if page.Disclosure == domain.Confidential || page.Proof.IsZero() {
			return domain.Document{}, domain.ErrNotFound
		}
		return tx.DebtorProof(ctx, by.Link)
	})
}
