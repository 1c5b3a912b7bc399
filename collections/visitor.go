package collections

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// visiting is what a debtor changes on its page beside what it says about money.
type visiting interface {
	SaveDebtorWishes(ctx context.Context, link domain.LinkID, wishes domain.Preferences) error
	SaveFeedback(ctx context.Context, page domain.DebtorPage, link domain.LinkID, feedback domain.Feedback) error
	DebtorDocument(ctx context.Context, link domain.LinkID, deal domain.DealID) (domain.Document, error)
}

// AnswerBy returns the day by which a person answers a question: what the page promises.
func AnswerBy(page domain.DebtorPage, topic domain.Topic, asked time.Time) domain.Date {
	return domain.BusinessDays(page.Country).Add(domain.DateOf(asked.In(page.Zone())), topic.AnswerDays())
}

// Missed returns how often the debtor said on its page that an invoice did not arrive.
func Missed(page domain.DebtorPage, deal domain.DealID) int {
	count := 0
	for _, q := range page.Questions {
		if q.Topic == domain.TopicMissing && q.Deal == deal {
			count++
		}
	}
	return count
}

// Asked reports whether a question of a topic waits for a person.
func Asked(page domain.DebtorPage, topic domain.Topic) bool {
	return slices.ContainsFunc(page.Questions, func(q domain.Question) bool { return q.Topic == topic && q.AnsweredAt.IsZero() })
}

// chosen is a question in words of ours, for what the debtor chose, and its own after them.
func chosen(chose, said string) string {
	if said = strings.TrimSpace(said); said == "" {
		return chose
	}
	return chose + " " + said
}

// NotReceived records that an invoice did not arrive (C-77, D-32). The first time its facts
// are sent again at once, and nothing is asked for seven days; the second time a person calls, with
// the evidence of what was sent; from the third time on a person looks at whether we write
// to the right one, and the case rests. The due date stays what it is. It refuses with
// domain.ErrNotFound, ErrWrongState, or ErrConflict while a person is on it.
func (s *Service) NotReceived(ctx context.Context, by domain.Caller, deal domain.DealID, once domain.Once[domain.Question]) (domain.Answer, error) {
	ids := newSaidIDs()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Question, deed, error) {
		item, ok := page.Item(deal)
		switch {
		case !ok:
			return domain.Question{}, deed{}, domain.ErrNotFound
		case !item.Open.Positive():
			return domain.Question{}, deed{}, domain.ErrWrongState.Because("nothing is open on invoice %s", item.InvoiceNumber).In(string(item.Status))
		case Asked(page, domain.TopicMissing) || Asked(page, domain.TopicContact):
			return domain.Question{}, deed{}, errOnIt
		}
		missing := domain.Question{Deal: deal, Topic: domain.TopicMissing, Reason: domain.ReasonMissing, Said: fmt.Sprintf("Invoice %s did not reach us.", oneLine(item.InvoiceNumber))}
		switch Missed(page, deal) {
		case 0:
			return resent(ctx, tx, page, item, missing, by.Now, ids)
		case 1:
			missing.Said = fmt.Sprintf("Invoice %s has not reached us, though it was sent again.", oneLine(item.InvoiceNumber))
			return topical(ctx, tx, page, missing, by.Now, ids, "A person should call, with the evidence of what was sent.")
		default:
			missing.Deal, missing.Topic = domain.DealID{}, domain.TopicContact
			missing.Said = fmt.Sprintf("Invoice %s has not reached us, for the third time.", oneLine(item.InvoiceNumber))
			return topical(ctx, tx, page, missing, by.Now, ids, "A person should find out whether we write to the right one. The case rests.")
		}
	})
}

var errOnIt = domain.ErrConflict.Because("a person is on it already")

// resent answers at once that an invoice did not arrive: with its facts, and a week's rest.
func resent(ctx context.Context, tx Tx, page domain.DebtorPage, item domain.DebtorItem, q domain.Question, now time.Time, ids saidIDs) (domain.Question, deed, error) {
	q, did, err := topical(ctx, tx, page, q, now, ids, fmt.Sprintf("Its facts are sent again, and it rests until %s. The due date stays what it is.",
		domain.DateOf(now.AddDate(0, 0, afterAnswer).In(page.Zone())).Short()))
	if err != nil {
		return q, did, err
	}
	q.Answer, q.AnsweredAt = invoiceAgain(item), now
	if err := tx.AnswerQuestion(ctx, q, domain.UserID{}, now.AddDate(0, 0, afterAnswer)); err != nil {
		return q, did, fmt.Errorf("answer with the invoice: %w", err)
	}
	return q, did, nil
}

// invoiceAgain is an invoice's facts in a sentence.
func invoiceAgain(item domain.DebtorItem) string {
	said := fmt.Sprintf("Here it is again: invoice %s of %s over %s, due on %s", oneLine(item.InvoiceNumber), item.Issued.Short(), item.Basis.Grouped(), item.Due.Long())
	if order := withoutBankDetails(item.OrderReference, ""); order != "" {
		said += ", for your order " + order
	}
	if summary := withoutBankDetails(item.Summary, ""); summary != "" {
		said += ": " + summary
	}
	said += ". The page shows it whenever you need it"
	if item.HasDocument {
		said += ", and its document can be fetched there"
	}
	return said + ". The due date stays what it is."
}

// topical saves a question of a topic and lets what it is about rest until it is answered.
func topical(ctx context.Context, tx Tx, page domain.DebtorPage, q domain.Question, now time.Time, ids saidIDs, what string) (domain.Question, deed, error) {
	q.ID, q.Case, q.AskedAt = ids.question, page.Case, now
	if waiting(page) >= maxWaiting {
		return q, deed{}, domain.ErrThrottled.Because("%d questions wait for an answer already", maxWaiting)
	}
	if err := tx.SaveQuestion(ctx, page, q); err != nil {
		return q, deed{}, fmt.Errorf("save question: %w", err)
	}
	rest := domain.Hold{ID: ids.hold, Case: page.Case, Deal: q.Deal, Code: domain.HoldQuery, CauseKind: causeQuestion, Cause: q.ID.UUID, CreatedAt: now}
	if err := tx.SaveHold(ctx, page, rest); err != nil {
		return q, deed{}, fmt.Errorf("save hold: %w", err)
	}
	return q, deed{string(q.Topic), q.ID.UUID, q.Deal, fmt.Sprintf("%s on its page: %q. %s", page.Debtor, oneLine(q.Said), what)}, nil
}

// A Mistake is what is wrong with whom we write to.
type Mistake string

// The mistakes there are.
const (
	MistakeCompany Mistake = "company" // this company owes nothing of it
	MistakePerson  Mistake = "person"  // the company is right, the person is not
)

var mistakes = map[Mistake]string{
	MistakeCompany: "We are not the company that these invoices are for.", MistakePerson: "I am not the right person for these invoices.",
}

// WrongContact records that we write to the wrong company or person; a person must look, and
// the whole case rests. Nothing is changed by itself: who is right is a word of a link's
// holder. It refuses with domain.ErrInvalid, ErrTooLarge, or ErrConflict while a person is on it.
func (s *Service) WrongContact(ctx context.Context, by domain.Caller, mistake Mistake, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	chose, known := mistakes[mistake]
	if !known {
		return domain.Answer{}, domain.ErrInvalid.At("/mistake", "not-chosen", "say what is wrong")
	}
	return s.asking(ctx, by, domain.TopicContact, chosen(chose, said), "A person should find out whether we write to the right one. The case rests.", once)
}

const askedForProof = "Please prove that these invoices are now payable to you."

// AskProof records that a debtor wants proof that the claim was assigned; nothing is asked
// for until it is answered (D-3, D-6). It refuses with domain.ErrInvalid, or ErrConflict while
// a person is on it.
func (s *Service) AskProof(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	return s.asking(ctx, by, domain.TopicProof, chosen(askedForProof, said), "Nothing is asked for until it is answered.", once)
}

// Complain records a complaint: it goes to a person with a day by which it is answered, and
// messages rest until somebody lifts that (D-3). It refuses with domain.ErrInvalid or
// ErrThrottled.
func (s *Service) Complain(ctx context.Context, by domain.Caller, said string, once domain.Once[domain.Question]) (domain.Answer, error) {
	return s.asking(ctx, by, domain.TopicComplaint, said, "Messages rest.", once)
}

// stopOf says which stop a topic sets.
var stopOf = map[domain.Topic]domain.StopCode{domain.TopicComplaint: domain.StopComplaint, domain.TopicProof: domain.StopProof}

func (s *Service) asking(ctx context.Context, by domain.Caller, topic domain.Topic, said, what string, once domain.Once[domain.Question]) (domain.Answer, error) {
	said, err := spoken(said)
	if err != nil {
		return domain.Answer{}, err
	}
	ids, stop := newSaidIDs(), domain.New[domain.StopID]()
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Question, deed, error) {
		if topic != domain.TopicComplaint && Asked(page, topic) {
			return domain.Question{}, deed{}, errOnIt
		}
		answered := AnswerBy(page, topic, by.Now).Short()
		q, did, err := topical(ctx, tx, page, domain.Question{Topic: topic, Said: said}, by.Now, ids, what+" It is to be answered by "+answered+".")
		code, stops := stopOf[topic]
		if err != nil || !stops || slices.Contains(page.Stops, code) {
			return q, did, err
		}
		kase := domain.Case{ID: page.Case, Factor: page.FactorID, Seller: page.SellerID}
		set := domain.Stop{ID: stop, Case: page.Case, Code: code, Reason: fmt.Sprintf("said on its page, to be answered by %s: %s", answered, oneLine(said)), SetAt: by.Now}
		if err := tx.SaveStop(ctx, kase, set); err != nil {
			return q, did, fmt.Errorf("save stop: %w", err)
		}
		return q, did, nil
	})
}

// liftWhenProven lifts the stop that a request for proof set, when that is answered, and says so.
func liftWhenProven(ctx context.Context, tx Tx, kase domain.Case, q domain.Question, by domain.Caller, ids trailIDs) (domain.Trail, error) {
	if q.Topic != domain.TopicProof {
		return domain.Trail{}, nil
	}
	stop, err := tx.StopInForce(ctx, q.Case, domain.StopProof)
	if err != nil || stop.ID.IsZero() || !stop.SetBy.IsZero() { // a person's stop is a person's to lift
		return domain.Trail{}, err
	}
	stop.LiftedBy, stop.LiftedAt = by.User, by.Now
	trail := ids.about(by, shownTo(kase, stop.Code), "stop.lifted", stop.ID.UUID, q.Deal, "The proof was given: the stop that its request had set was lifted.")
	return trail, tx.UpdateStop(ctx, stop)
}

// Prefer records how a debtor says on its page that it wants to be reached, for every tenant
// of its world. It alone may take back that it does not want a channel. It refuses with
// domain.ErrInvalid.
func (s *Service) Prefer(ctx context.Context, by domain.Caller, wishes domain.Preferences, once domain.Once[domain.Preferences]) (domain.Answer, error) {
	wishes.Source = "said on its page"
	wishes, err := checked(wishes)
	if err != nil {
		return domain.Answer{}, err
	}
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Preferences, deed, error) {
		if channel, back := takenBack(page.Preferences, wishes); back && !page.Confirmed {
			if page.Disclosure == domain.Confidential { // nobody has a code
				return wishes, deed{}, domain.ErrInvalid.At("/"+channel, "code-needed", "a link that was passed on is no word of who opted out: answer one of our messages, and a person notes it")
			}
			return wishes, deed{}, domain.ErrInvalid.At("/"+channel, "code-needed", "a link that was passed on is no word of who opted out: the code of the notice is typed first")
		}
		if wishes.Prefers == "" && page.Preferences.Prefers == domain.ChannelEmail && !slices.Contains(wishes.OptedOut, domain.ChannelEmail) {
			wishes.Prefers = domain.ChannelEmail // which the form does not ask about
		}
		wishes.Kind, wishes.By, wishes.At = KindOf(page.Recipient, page.Preferences), page.FactorID, by.Now
		if err := tx.SaveDebtorWishes(ctx, by.Link, wishes); err != nil {
			return wishes, deed{}, fmt.Errorf("save wishes: %w", err)
		}
		return wishes, deed{"preferences", by.Link.UUID, domain.DealID{}, wishWords(page.Debtor, wishes)}, nil
	})
}

// takenBack returns the first channel that somebody did not want and now would have again.
func takenBack(had, wishes domain.Preferences) (string, bool) {
	for _, channel := range had.OptedOut {
		if !slices.Contains(wishes.OptedOut, channel) {
			return string(channel), true
		}
	}
	return "", false
}

// GiveFeedback records a debtor's answer to our one question, which a case is asked once. It
// refuses with domain.ErrInvalid, or ErrConflict when it was answered before.
func (s *Service) GiveFeedback(ctx context.Context, by domain.Caller, ease domain.Ease, said string, once domain.Once[domain.Feedback]) (domain.Answer, error) {
	words, known := map[domain.Ease]string{domain.EaseYes: "easy", domain.EasePartly: "partly easy", domain.EaseNo: "not easy"}[ease]
	if !known {
		return domain.Answer{}, domain.ErrInvalid.At("/ease", "not-chosen", "say whether it was easy")
	}
	if strings.TrimSpace(said) != "" {
		var err error
		if said, err = spoken(said); err != nil {
			return domain.Answer{}, err
		}
	}
	feedback := domain.Feedback{ID: domain.New[domain.FeedbackID](), Ease: ease, Said: strings.TrimSpace(said), At: by.Now}
	return doing(ctx, s, by, once, func(tx Tx, page domain.DebtorPage) (domain.Feedback, deed, error) {
		if !page.MayBeAsked {
			return feedback, deed{}, domain.ErrConflict.Because("the question was answered before")
		}
		if err := tx.SaveFeedback(ctx, page, by.Link, feedback); err != nil {
			return feedback, deed{}, fmt.Errorf("save feedback: %w", err)
		}
		told := fmt.Sprintf("%s found it %s to settle this.", page.Debtor, words)
		if feedback.Said != "" {
			told += fmt.Sprintf(" It says: %q.", oneLine(feedback.Said))
		}
		return feedback, deed{"feedback", feedback.ID.UUID, domain.DealID{}, told}, nil
	})
}

// DebtorDocument returns the file that an invoice came as. It refuses with
// domain.ErrNotFound.
func (s *Service) DebtorDocument(ctx context.Context, by domain.Caller, deal domain.DealID) (domain.Document, error) {
	return seen(ctx, s, by, func(tx Tx) (domain.Document, error) {
		page, err := tx.DebtorPage(ctx, by.Link, false)
		if err != nil {
			return domain.Document{}, err
		}
		document, err := tx.DebtorDocument(ctx, by.Link, deal)
		if hushOf(page).in(document.FileName) != "" {
			document.FileName = "invoice" + path.Ext(document.FileName)
		}
		return document, err
	})
}
