package collections

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"comity/domain"
)

// Tx is what the use cases of this room need of a transaction. Lookups that a
// decision rests on lock the case first.
type Tx interface {
	following
	planning
	sending
	answering
	visiting
	reading
	receiving
	calling
	disclosing
	booking
	contacting
	seating
	claiming
	agreeing
	evidencing
	reviewing
	paying
	escalating
	appreciating
	relating
	proving
	owning
	WakeCase(context.Context, domain.CaseID, time.Time) error
	Event(context.Context, domain.EventID) (domain.Event, error)
	Organization(context.Context, domain.OrganizationID) (domain.Organization, error)
	SaveTrail(context.Context, domain.Trail) error
}

// following is one look at a case.
type following interface {
	CaseFacts(context.Context, domain.CaseID) (domain.CaseFacts, error)
	CaseLook(context.Context, domain.CaseID) (domain.CaseFacts, error)
	SaveJudged(ctx context.Context, decided []domain.Promise, ended []domain.HoldID, at time.Time) error
	SaveGate(context.Context, domain.GateDecision) error
	SaveTouch(ctx context.Context, touch domain.Touch, link domain.Link, counted, daily bool, thanked []domain.AllocationID) error
	PlanTouch(context.Context, domain.Touch) error
	CancelTouches(context.Context, []domain.TouchID) error
	SaveCase(context.Context, domain.Case) error
}

// sending is one message on its way.
type sending interface {
	TouchFile(context.Context, domain.TouchID) (domain.TouchFile, error)
	UpdateTouch(context.Context, domain.Touch) error
	NoticeBounced(ctx context.Context, deals []domain.DealID, sentAt time.Time) error
	NoticeDelivered(ctx context.Context, deals []domain.DealID, evidence string, at time.Time) ([]domain.DealID, error)
}

// answering is what debtors and collectors do.
type answering interface {
	DebtorPage(ctx context.Context, link domain.LinkID, lock bool) (domain.DebtorPage, error)
	ConfirmLink(ctx context.Context, link domain.LinkID, code string) (right bool, tries int, err error)
	SavePromise(ctx context.Context, page domain.DebtorPage, promise domain.Promise, replaces *domain.Promise) error
	SaveHold(ctx context.Context, page domain.DebtorPage, hold domain.Hold) error
	SaveQuestion(ctx context.Context, page domain.DebtorPage, question domain.Question) error
	SaveDispute(ctx context.Context, page domain.DebtorPage, dispute domain.Dispute) error

	LockCase(context.Context, domain.CaseID, domain.OrganizationID) (domain.Case, error)
	LockQuestion(context.Context, domain.QuestionID, domain.OrganizationID) (domain.Question, error)
	AnswerQuestion(ctx context.Context, q domain.Question, by domain.UserID, restsUntil time.Time) error
	StopInForce(context.Context, domain.CaseID, domain.StopCode) (domain.Stop, error)
	SaveStop(context.Context, domain.Case, domain.Stop) error
	UpdateStop(context.Context, domain.Stop) error
}

// reading is what factors and sellers look at.
type reading interface {
	Case(context.Context, domain.CaseID, domain.OrganizationID, domain.OrganizationKind) (domain.Case, error)
	Cases(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, status string, page domain.Page) ([]domain.Case, error)
	Touches(context.Context, domain.CaseID, domain.Page) ([]domain.Touch, error)
	GateDecisions(context.Context, domain.CaseID, domain.Page) ([]domain.GateDecision, error)
	Promises(context.Context, domain.CaseID) ([]domain.Promise, error)
	Disputes(context.Context, domain.CaseID) ([]domain.Dispute, error)
	Questions(context.Context, domain.CaseID) ([]domain.Question, error)
	Stops(context.Context, domain.CaseID) ([]domain.Stop, error)
	Deal(ctx context.Context, id domain.DealID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Deal, error)
}

// Atomically runs its argument in one transaction; it may run it twice.
type Atomically func(context.Context, domain.Entry, func(Tx) (domain.Answer, error)) (domain.Answer, error)

// Wide lists the use cases that see more than one organisation, and in which
// scope they do; a test holds the list to the code.
var Wide = map[string]domain.Scope{
	"Act":              domain.ScopeWork, // the contact window counts over every tenant
	"Plan":             domain.ScopeWork,
	"Outgoing":         domain.ScopeWork,
	"Sent":             domain.ScopeWork,
	"NotSent":          domain.ScopeWork,
	"CardOrder":        domain.ScopeWork, // a worker makes the link that the processor's page leads back by
	"CardNews":         domain.ScopeWork, // a processor is no organisation of ours
	"moveCard":         domain.ScopeWork,
	"Receive":          domain.ScopeWork, // whose case a mail is about is not known before
	"StartCall":        domain.ScopeWork, // as Act
	"EndCall":          domain.ScopeWork,
	"SettleUnknown":    domain.ScopeWork, // a notice that arrived pays its deals out
	"PlaybookOf":       domain.ScopeWork, // a seller reads what its factor decided
	"SimulatePlaybook": domain.ScopeWork, // a case's relationship and statements are of two parties
	"EventForParty":    domain.ScopeWork,
	"Contact":          domain.ScopeWork, // what a contact wants counts for every tenant
	"SetContact":       domain.ScopeWork,
	"CopyForSeller":    domain.ScopeWork,
	"DisputeThread":    domain.ScopeWork, // its clocks run in the debtor's calendar, a seller's row
	"Preview":          domain.ScopeWork, // as Act; what another tenant caused is hidden from the seller
	"RemindOwn":        domain.ScopeWork, // the contact window counts over every tenant
	"dealPaper":        domain.ScopeWork, // a letter names both parties of a deal that is the caller's
	"DealReview":       domain.ScopeWork, // a case is of two parties; the deal is looked up by the caller's side
	"Reviews":          domain.ScopeWork,
	"Relationships":    domain.ScopeWork,   // what a contact wants counts for every tenant; the pairs are looked up by the caller's side
	"Attach":           domain.ScopeWork,   // a file's bytes lie with the factor, whoever of the three attached it
	"EvidenceFile":     domain.ScopeWork,   // and are read after the caller's own scope said that it may
	"seated":           domain.ScopeMarket, // a seller locks its case, which is its factor's row
	"Agencies":         domain.ScopeMarket, // the register is the platform's
	"Agency":           domain.ScopeMarket,
	"registering":      domain.ScopeMarket, // and what counts against an agency comes from every factor
	"settling":         domain.ScopeMarket, // what a plan does to the deal is read from both sides' rows
}

// Options say where mail comes from and how links are written.
type Options struct {
	Host       string // of message ids, such as "mail.comity.example"
	ReplyHost  string // where answers are read: each message has an address of its own there; "": they go to the factor
	MailServer string // that takes our mail in, as it names itself in Authentication-Results; "": senders are not proven
	KeyVersion int    // of the key under which the tokens of new links are made
}

// A Service is the use cases of this room.
type Service struct {
	atomically Atomically
	options    Options
}

// New returns the use cases.
func New(atomically Atomically, options Options) *Service { return &Service{atomically, options} }

// read runs a use case that changes nothing, or answers nobody.
func (s *Service) read(ctx context.Context, entry domain.Entry, do func(Tx) error) error {
	_, err := s.atomically(ctx, entry, func(tx Tx) (domain.Answer, error) { return domain.Answer{}, do(tx) })
	return err
}

const mostJudged = 32 // promises that one look may decide; the rest wait for the next

// Act takes one look at a case, whenever it is called: it judges promises that
// are due, sends the one message that is due through the gate, and says when to
// look again. What is sent is handed out by a job. A closed case is left alone.
func (s *Service) Act(ctx context.Context, world domain.WorldID, id domain.CaseID, now time.Time) error {
	ids := actIDs{
		touch: domain.New[domain.TouchID](), link: domain.New[domain.LinkID](), gate: domain.New[domain.GateID](),
		event: domain.New[domain.EventID](), waits: domain.New[domain.EventID](), stuck: domain.New[domain.EventID](), closed: domain.New[domain.EventID](), audit: domain.New[domain.AuditID](),
		outside: newOutsideIDs(),
	}
	ids.mediation, ids.mediatedAs, ids.told, ids.voucher = domain.New[domain.MediationID](), domain.New[domain.AuditID](), domain.New[domain.UpdateID](), domain.New[domain.VoucherID]()
	ids.mediated, ids.neutral = [2]domain.EventID{domain.New[domain.EventID](), domain.New[domain.EventID]()}, domain.New[domain.EventID]()
	for range mostJudged {
		ids.judged, ids.plans = append(ids.judged, domain.New[domain.EventID]()), append(ids.plans, domain.New[domain.EventID]())
	}
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		facts, err := tx.CaseFacts(ctx, id)
		if err != nil || facts.Case.Status != domain.CaseOpen {
			return err
		}
		facts.Now, facts.AnswersShared = now, s.options.ReplyHost != ""
		done, err := decide(facts, ids, manners{s.options.Host, s.options.KeyVersion, false})
		if err != nil {
			return err
		}
		return done.save(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("act on case %s: %w", id, err)
	}
	return nil
}

// save writes what a look changed.
func (d decision) save(ctx context.Context, tx Tx, now time.Time) error {
	for _, p := range d.plans {
		if err := tx.SavePlan(ctx, p); err != nil {
			return fmt.Errorf("save plan: %w", err)
		}
	}
	if d.mediated != nil {
		if err := d.mediated.save(ctx, tx); err != nil {
			return err
		}
	}
	if len(d.decided)+len(d.ended) > 0 {
		if err := tx.SaveJudged(ctx, d.decided, d.ended, now); err != nil {
			return fmt.Errorf("save promises: %w", err)
		}
	}
	if err := d.outside.save(ctx, tx); err != nil {
		return err
	}
	if d.gate != nil {
		if err := tx.SaveGate(ctx, *d.gate); err != nil {
			return fmt.Errorf("save gate: %w", err)
		}
	}
	if len(d.cancelled) > 0 {
		if err := tx.CancelTouches(ctx, d.cancelled); err != nil {
			return fmt.Errorf("cancel touches: %w", err)
		}
	}
	if d.touch != nil {
		if err := tx.SaveTouch(ctx, *d.touch, *d.link, d.touch.Class.Counted(), daily(d.touch.Class), d.thanked); err != nil {
			return fmt.Errorf("save touch: %w", err)
		}
	}
	if d.recognised != nil {
		if err := tx.SaveRecognition(ctx, *d.recognised); err != nil {
			return fmt.Errorf("save recognition: %w", err)
		}
	}
	if d.planned != nil {
		if err := tx.PlanTouch(ctx, *d.planned); err != nil {
			return fmt.Errorf("plan touch: %w", err)
		}
	}
	if err := tx.SaveCase(ctx, d.kase); err != nil {
		return fmt.Errorf("save case: %w", err)
	}
	if len(d.trail.Events)+len(d.trail.Audit)+len(d.trail.Jobs) == 0 {
		return nil
	}
	return tx.SaveTrail(ctx, d.trail)
}

// An Outgoing is a message as it is handed to the mail server.
type Outgoing struct {
	Touch      domain.TouchID
	Sandbox    bool // goes to the catcher only
	Link       domain.Link
	FromName   string
	From       string // "": the platform's own address
	ReplyTo    string
	To         string
	Subject    string
	Text, HTML string // see [WithLink]
	Paper      *Paper // what is attached: see enclosed; nil: nothing is
	MessageID  string // without angle brackets, as are the ids below
	InReplyTo  string // "" for the first message of a case
	References []string
}

// Outgoing returns what is to be sent, once, if it is still right: a worker that asks a second time
// died in between and nobody knows what became of the message, so the touch
// becomes unknown and is a person's. It refuses with domain.ErrNotFound when there
// is nothing to send (any more).
func (s *Service) Outgoing(ctx context.Context, world domain.WorldID, id domain.TouchID, now time.Time) (Outgoing, error) {
	var out Outgoing
	event, blob := domain.New[domain.EventID](), domain.New[domain.BlobID]()
	lost, stale := false, false
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		file, err := tx.TouchFile(ctx, id)
		if err != nil {
			return err
		}
		if lost = file.Touch.Status == domain.TouchSending && file.HandedOut; lost {
			return s.fail(ctx, tx, file, FailedUnknown, "the worker was lost while it was sending", now, event)
		}
		if file.Touch.Status != domain.TouchSending || file.Touch.Class == domain.ClassCall {
			return domain.ErrNotFound.Because("the message is %s", file.Touch.Status)
		}
		facts, err := tx.CaseFacts(ctx, file.Touch.Case)
		if err != nil {
			return err
		}
		facts.Now = now
		if stale = !StillRight(facts, file.Touch); stale {
			return putBack(ctx, tx, file.Touch, now)
		}
		file.Touch.Attempts, file.Touch.Outcome = file.Touch.Attempts+1, domain.OutcomeHandedOut
		out = outgoing(file, s.options.ReplyHost)
		if out.Paper, err = enclosed(ctx, tx, facts, file.Touch, blob); err != nil {
			return err
		}
		return tx.UpdateTouch(ctx, file.Touch)
	})
	if err == nil && lost {
		err = domain.ErrNotFound.Because("nobody knows whether it was sent")
	}
	if err == nil && stale {
		err = domain.ErrNotFound.Because("it is not right any more")
	}
	if err != nil {
		return Outgoing{}, fmt.Errorf("hand out message %s: %w", id, err)
	}
	return out, nil
}

// enclosed returns the letter on paper that goes with a message: a notice and a release in the words of
// the text, and the proof of an assignment, which is kept, with the answer to who asked for it; nil for
// every other.
func enclosed(ctx context.Context, tx Tx, f domain.CaseFacts, t domain.Touch, blob domain.BlobID) (*Paper, error) {
	if q, asked := proofAsked(f, t); asked {
		return proofSent(ctx, tx, f, q, blob)
	}
	if t.Class != domain.ClassLegalNotice && t.Class != domain.ClassRelease {
		return nil, nil //nolint:nilnil // most messages have none
	}
	paper, err := Printed(f, t)
	return &paper, err
}

// putBack takes back a message that is not right any more: the case is looked
// at afresh, and the gate asked again.
func putBack(ctx context.Context, tx Tx, t domain.Touch, now time.Time) error {
	if err := t.MoveTo(domain.TouchPlanned); err != nil {
		return err
	}
	t.Outcome = "what it says, or when it may be said, changed before it left"
	if err := tx.UpdateTouch(ctx, t); err != nil {
		return fmt.Errorf("put message back: %w", err)
	}
	return tx.WakeCase(ctx, t.Case, now)
}

// replyAddress is where an answer to a message goes, so that it finds its case.
func replyAddress(t domain.Touch, host string) string {
	return "reply+" + hex.EncodeToString(t.ID.UUID[:]) + "@" + host
}

func outgoing(file domain.TouchFile, replyHost string) Outgoing {
	t := file.Touch
	out := Outgoing{
		Touch: t.ID, Sandbox: file.Sandbox, FromName: oneLine(file.Factor.Name), ReplyTo: file.Factor.Email, To: t.Recipient,
		Link:    domain.Link{ID: t.Link, Case: t.Case, Factor: t.Factor, Seller: t.Seller, Recipient: t.Recipient, KeyVersion: file.KeyVersion},
		Subject: t.Subject, Text: t.Text, HTML: t.HTML, MessageID: t.MessageID,
	}
	if t.Mode() == domain.Confidential { // D-24
		out.FromName, out.From, out.ReplyTo = oneLine(file.Seller.Name)+" accounts", file.Seller.Email, file.Seller.Email
	}
	if replyHost != "" {
		out.ReplyTo = replyAddress(t, replyHost)
	}
	const most = 10
	if earlier := file.Thread; len(earlier) > 0 {
		out.InReplyTo, out.References = earlier[len(earlier)-1], earlier[max(0, len(earlier)-most):]
	}
	return out
}

// WithLink puts the debtor's address into a stored text. Only what leaves holds
// it: the database and every copy show {link}.
func WithLink(text, address string) string { return strings.ReplaceAll(text, "{link}", address) }

// Sent records that the recipient's mail server took a message. A notice that
// was taken is delivered: its deals may be paid out.
func (s *Service) Sent(ctx context.Context, world domain.WorldID, id domain.TouchID, at time.Time) error {
	event, audit := domain.New[domain.EventID](), domain.New[domain.AuditID]()
	by := domain.Caller{World: world, Now: at}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		file, err := tx.TouchFile(ctx, id)
		if err != nil || file.Touch.Status == domain.TouchSent {
			return err
		}
		if err := file.Touch.MoveTo(domain.TouchSent); err != nil {
			return err
		}
		file.Touch.SentAt, file.Touch.Outcome = at, "accepted by the recipient's mail server"
		if err := tx.UpdateTouch(ctx, file.Touch); err != nil {
			return err
		}
		trail := domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "touch.sent", "touch", id.UUID, file.Touch.MessageID)},
			Events: []domain.Event{touchEvent(event, file.Touch, "touch.sent", sentWords(file), at)},
		}
		if file.Copied {
			trail.Jobs = append(trail.Jobs, domain.Job{World: world, Kind: domain.JobCopy, Ref: id.UUID})
		}
		if file.Touch.Class == domain.ClassLegalNotice {
			if err := tx.TellDebtor(ctx, file.Touch.Case); err != nil {
				return fmt.Errorf("end confidentiality: %w", err)
			}
			delivered, err := tx.NoticeDelivered(ctx, file.Touch.Items, "accepted by the recipient's mail server (SMTP 250)", at)
			if err != nil {
				return fmt.Errorf("mark notice delivered: %w", err)
			}
			for _, deal := range delivered {
				trail.Jobs = append(trail.Jobs, domain.Job{World: world, Kind: domain.JobAdvance, Ref: deal.UUID})
			}
		}
		if err := tx.WakeCase(ctx, file.Touch.Case, at); err != nil {
			return err
		}
		return tx.SaveTrail(ctx, trail)
	})
	if err != nil {
		return fmt.Errorf("record message %s as sent: %w", id, err)
	}
	return nil
}

// The ways in which a message was not sent: the server said "later" or "never",
// or nobody knows.
const (
	FailedTemporary = "temporary"
	FailedPermanent = "permanent"
	FailedUnknown   = "unknown"
)

// NotSent records that a message did not leave, in one of the ways above. After a temporary failure it
// is planned again and the case looked at after a while; a permanent one and one
// of which nobody knows are a person's.
func (s *Service) NotSent(ctx context.Context, world domain.WorldID, id domain.TouchID, kind, reason string, now time.Time) error {
	event := domain.New[domain.EventID]()
	by := domain.Caller{World: world, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		file, err := tx.TouchFile(ctx, id)
		if err != nil || file.Touch.Status != domain.TouchSending {
			return err
		}
		return s.fail(ctx, tx, file, kind, reason, now, event)
	})
	if err != nil {
		return fmt.Errorf("record message %s as failed: %w", id, err)
	}
	return nil
}

func (s *Service) fail(ctx context.Context, tx Tx, file domain.TouchFile, kind, reason string, now time.Time, event domain.EventID) error {
	next, wake, said := domain.TouchUnknown, now, "Nobody knows whether the %s %q reached %s: a person should ask."
	switch kind {
	case FailedTemporary:
		next, wake, said = domain.TouchPlanned, now.Add(backoff(file.Touch.Attempts)), ""
	case FailedPermanent:
		next, said = domain.TouchFailed, "The mail server refused the %s %q to %s for good: a person should call."
	}
	if err := file.Touch.MoveTo(next); err != nil {
		return err
	}
	file.Touch.Outcome = reason
	if err := tx.UpdateTouch(ctx, file.Touch); err != nil {
		return err
	}
	if err := tx.WakeCase(ctx, file.Touch.Case, wake); err != nil || said == "" {
		return err
	}
	said = fmt.Sprintf(said, className[file.Touch.Class], file.Touch.Subject, file.Debtor)
	return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{touchEvent(event, file.Touch, "touch."+string(next), said, now)}})
}

// backoff is how long a message rests after a temporary failure: five minutes,
// doubling to at most five hours.
func backoff(attempts int) time.Duration {
	return 5 * time.Minute << min(max(attempts-1, 0), 6)
}

func touchEvent(id domain.EventID, t domain.Touch, kind, said string, at time.Time) domain.Event {
	event := domain.Event{ID: id, World: t.World, Kind: kind, Factor: t.Factor, Seller: t.Seller, Case: t.Case, Said: said, At: at}
	if len(t.Items) == 1 {
		event.Deal = t.Items[0]
	}
	return event
}
