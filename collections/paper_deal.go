package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"comity/domain"
)

// Letters lists the letters that there may be about a deal.
func Letters() []string {
	return []string{LetterIntroduction, LetterNotice, LetterStatement, LetterAgreement, LetterFormalDemand, LetterRelease, LetterProof, LetterFollowUp}
}

// DealLetter prints a letter about a deal of the caller's, as seller or as factor; the follow-up is its
// seller's only. What was sent is printed as it was sent, the others as of now. It refuses with
// domain.ErrNotFound, or with ErrWrongState where the deal has no such letter.
func (s *Service) DealLetter(ctx context.Context, by domain.Caller, id domain.DealID, kind string) (domain.Document, error) {
	letter, err := s.dealPaper(ctx, by, id, kind)
	if err != nil {
		return domain.Document{}, err
	}
	content, err := letter.Print.PDF()
	if err != nil {
		return domain.Document{}, fmt.Errorf("print letter %s of deal %s: %w", kind, id, err)
	}
	return domain.Document{FileName: letter.Name, MediaType: "application/pdf", Bytes: content}, nil
}

// DealLetterWords returns the words alone of what [Service.DealLetter] prints, for who sends them by mail.
func (s *Service) DealLetterWords(ctx context.Context, by domain.Caller, id domain.DealID, kind string) (domain.Document, error) {
	letter, err := s.dealPaper(ctx, by, id, kind)
	if err != nil {
		return domain.Document{}, err
	}
	words := letter.Letter.Subject + "\n\n" + letter.Letter.Text
	return domain.Document{FileName: strings.TrimSuffix(letter.Name, ".pdf") + ".txt", MediaType: "text/plain; charset=utf-8", Bytes: []byte(words)}, nil
}

func (s *Service) dealPaper(ctx context.Context, by domain.Caller, id domain.DealID, kind string) (Paper, error) {
	if by.Kind != domain.KindSeller && by.Kind != domain.KindFactor {
		return Paper{}, domain.ErrForbidden.Because("this is for a seller or a factor")
	}
	if !slices.Contains(Letters(), kind) || kind == LetterFollowUp && by.Kind != domain.KindSeller {
		return Paper{}, domain.ErrNotFound.Because("there is no letter of this kind")
	}
	var letter Paper
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		deal, err := tx.Deal(ctx, id, by.Organization, by.Kind)
		if err != nil {
			return err
		}
		f, err := tx.CaseLook(ctx, deal.Case)
		if err != nil {
			return err
		}
		f.Now, f.AnswersShared = by.Now, s.options.ReplyHost != ""
		letter, err = paperFor(ctx, tx, f, deal, kind)
		return err
	})
	if err != nil {
		return Paper{}, fmt.Errorf("print letter %s of deal %s: %w", kind, id, err)
	}
	return letter, nil
}

func paperFor(ctx context.Context, tx Tx, f domain.CaseFacts, deal domain.Deal, kind string) (Paper, error) {
	if kind == LetterFollowUp {
		return FollowUp(f, deal)
	}
	if err := spokenOf(f.Case, kind); err != nil {
		return Paper{}, err
	}
	switch kind {
	case LetterIntroduction:
		deals, err := introducible(f, deal)
		if err != nil {
			return Paper{}, err
		}
		return Introduce(f, deals)
	case LetterStatement:
		deals, err := stated(f, deal)
		if err != nil {
			return Paper{}, err
		}
		return StateAccount(f, deals)
	case LetterProof:
		return proofOf(ctx, tx, f, deal)
	}
	t, err := sentAbout(f, deal, kind)
	if err != nil && kind == LetterRelease && deal.Status == domain.DealCancelled {
		return undone(f, deal)
	}
	if err != nil {
		return Paper{}, err
	}
	file, err := tx.TouchFile(ctx, t.ID)
	if err != nil {
		return Paper{}, err
	}
	return Printed(f, file.Touch)
}

// introducible lists the invoices of a case that are bought and that no notice names
// yet.
func introducible(f domain.CaseFacts, deal domain.Deal) ([]domain.DealID, error) {
	if deal.Status == domain.DealCancelled {
		return nil, domain.ErrWrongState.Because("the sale was undone: there is nothing to introduce").In(string(deal.Status))
	}
	if _, err := sentAbout(f, deal, LetterNotice); err == nil {
		return nil, domain.ErrWrongState.Because("the notice has left, and an introduction comes before it").In(string(deal.Status))
	}
	var deals []domain.DealID
	for i := range f.Items {
		item := &f.Items[i]
		if _, err := sentAbout(f, item.Deal, LetterNotice); live(item) && err != nil {
			deals = append(deals, item.Deal.ID)
		}
	}
	if !slices.Contains(deals, deal.ID) {
		return nil, domain.ErrWrongState.Because("the invoice is not followed up here any more").In(string(deal.Status))
	}
	return deals, nil
}

// stated lists the invoices of a case that the debtor was told of, as far as it is: of the
// others it is not for us to speak.
func stated(f domain.CaseFacts, deal domain.Deal) ([]domain.DealID, error) {
	var deals []domain.DealID
	for _, item := range f.Items {
		if item.Told() {
			deals = append(deals, item.Deal.ID)
		}
	}
	if !slices.Contains(deals, deal.ID) && isQuiet(f.Case) {
		return nil, domain.ErrWrongState.Because("the advance was not paid yet: there is nothing that a statement could say").In(string(deal.Status))
	}
	if !slices.Contains(deals, deal.ID) {
		return nil, domain.ErrWrongState.Because("the debtor has had no notice of this invoice: there is nothing that a statement could say").In(string(deal.Status))
	}
	return deals, nil
}

// undone releases a sale that was undone after the debtor had its notice.
func undone(f domain.CaseFacts, deal domain.Deal) (Paper, error) {
	notice, err := sentAbout(f, deal, LetterNotice)
	if err != nil {
		return Paper{}, err
	}
	f.Items = append(slices.Clone(f.Items), domain.CaseItem{Deal: deal, NoticeAt: notice.SentAt}) // a case has those that are bought
	return ReleaseUndone(f, []domain.DealID{deal.ID})
}

// sentAbout returns the last message about a deal that left and that a letter prints, or
// refuses with ErrWrongState.
func sentAbout(f domain.CaseFacts, deal domain.Deal, kind string) (domain.Touch, error) {
	for i := len(f.Touches) - 1; i >= 0; i-- {
		t := f.Touches[i]
		if prints(kind, t) && taken(&t) && t.Status != domain.TouchFailed && slices.Contains(t.Items, deal.ID) {
			return t, nil
		}
	}
	words := map[string]string{
		LetterNotice: "no notice of assignment has left yet", LetterFormalDemand: "no formal demand has left, and none has to",
		LetterAgreement: "no plan was agreed and confirmed for this invoice", LetterRelease: "the factor still has its claim, or it was paid: nothing is released",
	}
	return domain.Touch{}, domain.ErrWrongState.Because("%s", words[kind]).In(string(deal.Status))
}
