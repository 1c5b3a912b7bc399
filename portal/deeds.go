package portal

import (
	"context"
	"net/http"
	"slices"

	"comity/domain"
)

// A deed is one thing that a debtor can do on its page: what its form asks, and
// the use case that takes it.
type deed struct {
	verb   string
	about  about
	fields []string // that are typed
	title  func(*words) phrase
	done   func(*words) phrase
	lay    func(*sheet)
	do     func(context.Context, domain.Caller, form) (domain.Answer, error)
}

// about says what a deed is about.
type about int

const (
	aboutPage   about = iota // nothing: its form stands where it belongs
	aboutCase                // everything
	aboutEither              // an invoice, or everything
	aboutInvoice
	aboutDispute // one that was raised
	aboutPlan    // one that is offered
	aboutMediation
)

// deeds lists what a debtor can do, in the order in which it is offered.
func (p *portal) deeds() []deed {
	return slices.Concat(p.aboutMoney(), p.aboutAgreements(), p.aboutMediation(), p.aboutUs())
}

func (p *portal) aboutMoney() []deed {
	return []deed{
		{
			domain.VerbPaid, aboutInvoice,
			[]string{"day", "amount"},
			func(w *words) phrase { return w.Paid },
			func(w *words) phrase { return w.DonePaid },
			layPaid, p.paid,
		},
		{
			domain.VerbPromise, aboutInvoice,
			[]string{"day", "amount"},
			func(w *words) phrase { return w.Promise },
			func(w *words) phrase { return w.DonePromise },
			layPromise, p.promise,
		},
		{
			domain.VerbMissing, aboutInvoice, nil,
			func(w *words) phrase { return w.NotReceived },
			func(w *words) phrase { return w.DoneNotReceived },
			layNotReceived, p.notReceived,
		},
		{
			domain.VerbQuestion, aboutEither,
			[]string{"said"},
			func(w *words) phrase { return w.Question },
			func(w *words) phrase { return w.DoneQuestion },
			layQuestion, p.question,
		},
		{
			domain.VerbConfirm, aboutPage,
			[]string{"code"},
			func(w *words) phrase { return w.CodeTitle },
			func(w *words) phrase { return w.DoneConfirm },
			layConfirm, p.confirm,
		},
	}
}

func (p *portal) aboutUs() []deed {
	return []deed{
		{
			domain.VerbProof, aboutCase,
			[]string{"said"},
			func(w *words) phrase { return w.Proof },
			func(w *words) phrase { return w.DoneProof },
			layProof, p.proof,
		},
		{
			domain.VerbContact, aboutCase,
			[]string{"mistake", "said"},
			func(w *words) phrase { return w.Contact },
			func(w *words) phrase { return w.DoneContact },
			layContact, p.wrongContact,
		},
		{
			domain.VerbPreferences, aboutCase,
			[]string{"mode", "email", "phone", "hours", "language"},
			func(w *words) phrase { return w.Preferences },
			func(w *words) phrase { return w.DonePreferences },
			layPreferences, p.prefer,
		},
		{
			domain.VerbComplaint, aboutCase,
			[]string{"said"},
			func(w *words) phrase { return w.Complaint },
			func(w *words) phrase { return w.DoneComplaint },
			layComplaint, p.complaint,
		},
		{
			domain.VerbFeedback, aboutPage,
			[]string{"ease", "said"},
			func(w *words) phrase { return w.Feedback },
			func(w *words) phrase { return w.DoneFeedback },
			layFeedback, p.feedback,
		},
	}
}

func (p *portal) deed(verb string) (deed, bool) {
	all := p.deeds()
	i := slices.IndexFunc(all, func(d deed) bool { return d.verb == verb })
	if i < 0 {
		return deed{}, false
	}
	return all[i], true
}

// once guards a deed by its form's nonce; the page is told which deed it was.
func once[T any](f form) domain.Once[T] {
	return domain.Once[T]{
		Route: "POST /d/:link/" + f.Action, Key: f.key, Hash: f.hash,
		Answer: func(T) domain.Answer { return domain.Answer{Status: http.StatusSeeOther, Body: []byte(f.Action)} },
	}
}

func (p *portal) confirm(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return domain.Answer{Body: []byte(f.Action)}, p.Cases.Confirm(ctx, by, f.typed["code"])
}

func layConfirm(s *sheet) {
	s.Heading, s.Button = string(s.T.CodeTitle), string(s.T.CodeButton)
	s.add(field{Name: "code", Label: string(s.T.Code), Hint: string(s.T.CodeHint), Kind: "code", Length: 40})
}

func (p *portal) paid(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.Paid(ctx, by, f.deal, f.amount, f.day, once[domain.Hold](f))
}

func layPaid(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Paid), string(s.T.PaidNote), string(s.T.PaidButton)
	s.add(field{Name: "day", Label: string(s.T.PaidDay), Kind: "date", Max: s.today.String(), Value: s.today.String()})
	s.amount(s.T.Amount, s.T.typed(s.item.Open))
}

func (p *portal) promise(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.Promise(ctx, by, f.deal, f.amount, f.day, once[domain.Promise](f))
}

func layPromise(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Promise), string(s.T.PromiseNote), string(s.T.PromiseButton)
	latest := s.latest()
	s.add(field{
		Name: "day", Label: string(s.T.PromiseDay), Hint: s.T.PromiseUpTo.With("date", s.T.short(latest)), Kind: "date", Min: s.today.String(), Max: latest.String(),
	})
	s.amount(s.T.Amount, s.T.typed(s.item.Open))
}

func (p *portal) question(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.Ask(ctx, by, f.deal, f.typed["said"], once[domain.Question](f))
}

func layQuestion(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Question), string(s.T.QuestionNote), string(s.T.Send)
	s.words(s.T.QuestionSaid, false)
}
