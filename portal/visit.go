package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"comity/collections"
	"comity/domain"
)

func (p *portal) notReceived(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.NotReceived(ctx, by, f.deal, once[domain.Question](f))
}

func layNotReceived(s *sheet) {
	s.Heading, s.Button = string(s.T.NotReceived), string(s.T.NotReceivedButton)
	switch collections.Missed(s.page, s.item.Deal) {
	case 0:
		s.Note = string(s.T.NotReceivedFirst)
		return
	case 1:
		s.Note = string(s.T.NotReceivedAgain)
	default:
		s.Note = string(s.T.NotReceivedThird)
	}
	for _, letter := range collections.Evidence(s.page, s.item.Deal) {
		day := s.T.short(domain.DateOf(letter.At.In(s.page.Zone())))
		s.Sent = append(s.Sent, s.T.SentOn.With("date", day, "recipient", letter.Recipient))
	}
}

func (p *portal) wrongContact(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.WrongContact(ctx, by, collections.Mistake(f.typed["mistake"]), f.typed["said"], once[domain.Question](f))
}

func layContact(s *sheet) {
	s.Heading, s.Note, s.Button = string(s.T.Contact), string(s.T.ContactNote), string(s.T.Send)
	s.choose("mistake", s.T.ContactWhich, "", "",
		option{string(collections.MistakeCompany), s.T.ContactCompany.With("debtor", s.page.Debtor)}, option{string(collections.MistakePerson), string(s.T.ContactPerson)})
	s.words(s.T.ContactSaid, true)
}

func (p *portal) proof(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.AskProof(ctx, by, f.typed["said"], once[domain.Question](f))
}

func layProof(s *sheet) {
	by := collections.AnswerBy(s.page, domain.TopicProof, s.now)
	s.Heading, s.Button = string(s.T.Proof), string(s.T.ProofButton)
	s.Note = s.T.ProofNote.With("seller", s.page.Seller, "date", s.T.short(by))
	s.words(s.T.ProofSaid, true)
}

func (p *portal) complaint(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.Complain(ctx, by, f.typed["said"], once[domain.Question](f))
}

func layComplaint(s *sheet) {
	by := collections.AnswerBy(s.page, domain.TopicComplaint, s.now)
	s.Heading, s.Button = string(s.T.Complaint), string(s.T.Send)
	s.Note = s.T.ComplaintNote.With("factor", s.Factor, "date", s.T.short(by), "email", s.FactorEmail)
	s.words(s.T.ComplaintSaid, false)
}

func (p *portal) feedback(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	return p.Cases.GiveFeedback(ctx, by, domain.Ease(f.typed["ease"]), f.typed["said"], once[domain.Feedback](f))
}

func layFeedback(s *sheet) {
	s.Heading, s.Button = string(s.T.Feedback), string(s.T.Send)
	s.choose("ease", s.T.FeedbackAsk, "", "",
		option{string(domain.EaseYes), string(s.T.EaseYes)}, option{string(domain.EasePartly), string(s.T.EasePartly)}, option{string(domain.EaseNo), string(s.T.EaseNo)})
	s.words(s.T.FeedbackSaid, true)
}

// What the forms call the ways in which a debtor wants no telephone, no mail, or rather
// the one than the other.
const (
	wishNone   = "none"
	wishRather = "rather"
	wishYes    = "yes"
)

func (p *portal) prefer(ctx context.Context, by domain.Caller, f form) (domain.Answer, error) {
	wishes := domain.Preferences{Mode: domain.ContactMode(f.typed["mode"]), Language: f.typed["language"], Hours: domain.Hours(f.typed["hours"])}
	if !slices.Contains([]domain.ContactMode{domain.ModeEach, domain.ModeDigest, domain.ModePortalOnly}, wishes.Mode) {
		return domain.Answer{}, domain.ErrInvalid.At("/mode", "not-chosen", "say how often")
	}
	if f.typed["email"] == wishNone {
		wishes.OptedOut = append(wishes.OptedOut, domain.ChannelEmail)
	}
	switch f.typed["phone"] {
	case wishNone:
		wishes.OptedOut = append(wishes.OptedOut, domain.ChannelPhone)
	case wishRather:
		wishes.Prefers = domain.ChannelPhone
	}
	return p.Cases.Prefer(ctx, by, wishes, once[domain.Preferences](f))
}

func layPreferences(s *sheet) {
	s.Heading, s.Button = string(s.T.Preferences), string(s.T.PreferencesButton)
	s.Note = s.T.PreferencesNote.With("recipient", s.page.Recipient)
	has := s.page.Preferences
	mode, email, phone := string(has.Mode), wishYes, wishYes
	if mode == "" {
		mode = string(domain.ModeEach)
	}
	if slices.Contains(has.OptedOut, domain.ChannelEmail) {
		email = wishNone
	}
	switch {
	case slices.Contains(has.OptedOut, domain.ChannelPhone):
		phone = wishNone
	case has.Prefers == domain.ChannelPhone:
		phone = wishRather
	}
	s.choose("mode", s.T.PreferMode, s.T.PreferModeHint, mode, option{string(domain.ModeEach), string(s.T.ModeEach)},
		option{string(domain.ModeDigest), string(s.T.ModeDigest)}, option{string(domain.ModePortalOnly), string(s.T.ModePage)})
	s.choose("email", s.T.PreferEmail, "", email, option{wishYes, string(s.T.EmailYes)}, option{wishNone, string(s.T.EmailNo)})
	s.choose("phone", s.T.PreferPhone, "", phone, option{wishYes, string(s.T.PhoneYes)}, option{wishRather, string(s.T.PhoneRather)}, option{wishNone, string(s.T.PhoneNo)})
	s.choose("hours", s.T.PreferHours, "", string(has.Hours), option{"", string(s.T.HoursAny)},
		option{string(domain.HoursMorning), string(s.T.HoursMorning)}, option{string(domain.HoursAfternoon), string(s.T.HoursAfternoon)})
	languages := []option{{"", string(s.T.PreferBrowser)}}
	for _, w := range tongues {
		languages = append(languages, option{w.Tag, w.Name})
	}
	s.choose("language", s.T.PreferLanguage, s.T.PreferLanguageHint, has.Language, languages...)
}

// topical says in the reader's language what it asked by a form of its own.
func (w *words) topical(page domain.DebtorPage, q domain.Question) viewQuestion {
	mistake, own := collections.Own(q)
	said := []string{own}
	switch q.Topic {
	case domain.TopicMissing:
		said = []string{string(w.NotReceived)}
	case domain.TopicProof:
		said = []string{string(w.Proof), own}
	case domain.TopicComplaint:
		said = []string{string(w.Complaint), own}
	case domain.TopicContact:
		chose := map[collections.Mistake]string{collections.MistakeCompany: w.ContactCompany.With("debtor", page.Debtor), collections.MistakePerson: string(w.ContactPerson)}
		said = []string{string(w.Contact), chose[mistake], own}
	}
	shown := viewQuestion{Answer: q.Answer, Said: strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), "\n")}
	switch {
	case q.Topic == domain.TopicMissing && q.AnsweredAt.Equal(q.AskedAt):
		shown.Answer = string(w.NotReceivedFirst) // the letter says it in full
	case q.Topic != "" && q.AnsweredAt.IsZero():
		shown.By = w.OnItBy.With("date", w.short(collections.AnswerBy(page, q.Topic, q.AskedAt)))
	}
	return shown
}

// policy is the page that says who we are and what binds us.
type policy struct {
	frame
	Public       bool
	Rules, Steps []string
}

func policyOf(f frame) policy {
	w, p := f.T, collections.Published()
	shown := policy{frame: f, Public: f.Path == ""}
	shown.Title = string(w.Policy)
	number := strconv.Itoa
	shown.Rules = []string{
		w.PolicyGap.With("gap", number(p.GapDays)), w.PolicyCeiling.With("ceiling", number(p.Ceiling), "days", number(p.CeilingDays)),
		w.PolicyHours.With("opens", number(p.Opens), "closes", number(p.Closes)), string(w.PolicyBank), string(w.PolicyAnswers), string(w.PolicyPeople),
		string(w.PolicyDetails), string(w.PolicyFees), w.PolicyPromise.With("days", number(p.PromiseDays)),
		w.PolicyComplaint.With("proof", number(p.ProofDays), "complaint", number(p.ComplaintDays)),
	}
	if !f.Quiet { // the rest is about what only the owner of a claim does
		shown.Rules = append(shown.Rules, w.PolicyMediation.With("days", number(p.MediateDays), "answer", number(p.MediationAnswerDays)),
			w.PolicyOutside.With("full", number(p.OutsideDays)), string(w.PolicyProtective), w.PolicyTravels.With("days", number(p.TravelDays)))
	}
	for _, step := range p.Playbook.Before {
		said := w.StepBefore
		if step.MinTerms > 0 {
			said = w.StepBeforeLong
		}
		shown.Steps = append(shown.Steps, said.With("days", number(step.Days), "terms", number(step.MinTerms)))
	}
	for i, step := range p.Playbook.After {
		if f.Quiet && step.Tone == collections.ToneFormal {
			continue
		}
		said := w.StepMail
		switch {
		case i == 0:
			said = w.StepFirst
		case step.Channel == domain.ChannelPhone:
			said = w.StepCall
		case step.Tone == collections.ToneFormal:
			said = w.StepFormal
		}
		shown.Steps = append(shown.Steps, said.With("days", number(step.Wait), "late", number(step.MinLate), "quiet", number(step.MinQuiet)))
	}
	return shown
}
