package collections

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
	"comity/inbound"
)

const (
	causeReply      = "reply"
	acknowledgedFor = 7 // days that an acknowledgement without a word of substance rests the case (D-25)
)

// receiving is mail that comes in.
type receiving interface {
	ReplyOf(ctx context.Context, digest []byte) (domain.Reply, error)
	ReplyTarget(ctx context.Context, touches []domain.TouchID, sender string) (domain.ReplyTarget, error)
	SaveReply(ctx context.Context, r domain.Reply, raw []byte) error
	Acknowledged(ctx context.Context, id domain.TouchID) (bool, error)
	MailedAfter(ctx context.Context, q domain.QuestionID, read domain.ReplyID) (bool, error)
	Replies(ctx context.Context, id domain.CaseID, page domain.Page) ([]domain.Reply, error)
	RepliesOf(ctx context.Context, org domain.OrganizationID, kind domain.OrganizationKind, page domain.Page) ([]domain.Reply, error)
	Reply(ctx context.Context, id domain.ReplyID, org domain.OrganizationID, kind domain.OrganizationKind) (domain.Reply, []byte, error)
}

type replyIDs struct {
	reply    domain.ReplyID
	question domain.QuestionID
	hold     domain.HoldID
	event    domain.EventID
	audit    domain.AuditID
}

// Receive takes in a mail as it came. The same mail again changes nothing. One that
// belongs to a case is told to its factor and seller. What a person may have written rests
// the whole case until a collector has answered or closed it; an acknowledgement rests it
// for seven days, once for each message of ours; a mailbox that refuses us for good makes
// the message a failed one. What is surely a robot's, out-of-office replies among it, is
// kept and rests nothing. A mail that belongs to no case is kept for the platform.
func (s *Service) Receive(ctx context.Context, raw []byte, now time.Time) (domain.Reply, error) {
	mail, fault := inbound.Read(raw)
	reply, refuted := replyOf(mail, fault, now), inbound.Refuted(mail, s.options.MailServer)
	if refuted != "" {
		reply.Faults = append(reply.Faults, refuted)
	}
	ids := replyIDs{
		reply: domain.New[domain.ReplyID](), question: domain.New[domain.QuestionID](), hold: domain.New[domain.HoldID](),
		event: domain.New[domain.EventID](), audit: domain.New[domain.AuditID](),
	}
	reply.ID = ids.reply
	digest := reply.Digest
	by := domain.Caller{World: domain.LiveWorld, Now: now}
	take := func(tx Tx) error {
		if before, err := tx.ReplyOf(ctx, reply.Digest); err != nil || !before.ID.IsZero() {
			reply = before
			return err
		}
		sender := reply.Sender
		if refuted != "" {
			sender = "" // a case is not found by a name that somebody else put there
		}
		target, err := tx.ReplyTarget(ctx, s.named(mail), sender)
		if err != nil {
			return fmt.Errorf("find the case of a mail: %w", err)
		}
		if target.Case.IsZero() {
			return tx.SaveReply(ctx, reply, raw)
		}
		if target.World.Sandbox {
			reply.ReceivedAt = target.World.Now
		}
		if refuted != "" {
			target.Recipient = "" // nor is it from the debtor
		}
		reply, err = s.receive(ctx, tx, reply, mail, target, ids, raw)
		return err
	}
	err := s.read(ctx, by.In(domain.ScopeWork), take)
	if errors.Is(err, domain.ErrConflict) { // the same mail at the same moment: it is there now
		err = s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
			var err error
			reply, err = tx.ReplyOf(ctx, digest)
			return err
		})
	}
	if err != nil {
		return domain.Reply{}, fmt.Errorf("receive a mail: %w", err)
	}
	return reply, nil
}

// named lists the messages of ours that a mail names, the most trusted first.
func (s *Service) named(mail inbound.Mail) []domain.TouchID {
	var ids []domain.TouchID
	for _, token := range inbound.Tokens(mail, s.options.ReplyHost) {
		if id, err := domain.ParseTouchID("tch_" + token); err == nil {
			ids = append(ids, id)
		}
	}
	for _, id := range inbound.OurIDs(mail, s.options.Host) {
		text, _, _ := strings.Cut(id, "@")
		if touch, err := domain.ParseTouchID(text); err == nil {
			ids = append(ids, touch)
		}
	}
	return ids
}

// replyOf is what is kept of a mail whatever it belongs to.
func replyOf(mail inbound.Mail, fault error, now time.Time) domain.Reply {
	digest, _ := hex.DecodeString(mail.Digest) // of our own making
	r := domain.Reply{
		Digest: digest, Kind: string(mail.Kind), Because: mail.KindBecause, Sender: mail.From.Email, MessageID: mail.MessageID,
		Subject: mail.Subject, Own: mail.Own, Text: mail.Text, Faults: slices.Clone(mail.Faults), ReceivedAt: now,
	}
	if fault != nil {
		r.Faults = append(r.Faults, fault.Error())
	}
	for _, file := range mail.Attachments {
		r.Files = append(r.Files, fmt.Sprintf("%s (%s, %d bytes)", file.Name, file.MediaType, file.Size))
	}
	return r
}

func (s *Service) receive(ctx context.Context, tx Tx, r domain.Reply, mail inbound.Mail, target domain.ReplyTarget, ids replyIDs, raw []byte) (domain.Reply, error) {
	f, err := tx.CaseFacts(ctx, target.Case)
	if err != nil {
		return r, err
	}
	f.Now = r.ReceivedAt
	r.World, r.Case, r.Factor, r.Seller, r.Touch = f.Case.World, f.Case.ID, f.Case.Factor, f.Case.Seller, target.Touch
	r.SenderKnown = target.Recipient != "" && strings.EqualFold(r.Sender, target.Recipient)
	substantive := false
	if mail.Kind != inbound.KindBounce && mail.Kind != inbound.KindOutOfOffice {
		r, substantive = triaged(r, f, mail)
	}
	said := ""
	switch {
	case mail.Kind == inbound.KindHuman || substantive:
		said, r, err = s.rests(ctx, tx, r, f, ids, wrote(f, r))
	case mail.Kind == inbound.KindComplaint:
		said, r, err = s.rests(ctx, tx, r, f, ids, fmt.Sprintf("A mail provider reports that a message of ours to %s was called spam.", oneLine(f.Relationship.Name)))
	case mail.Kind == inbound.KindBounce:
		said, err = s.bounced(ctx, tx, r, f, mail)
	default:
		said = fmt.Sprintf("A mail to us about %s looks like a machine's (%s). It is kept, and nothing rests for it.", oneLine(f.Relationship.Name), strings.ReplaceAll(r.Kind, "_", " "))
	}
	if err != nil {
		return r, err
	}
	if err := tx.SaveReply(ctx, r, raw); err != nil {
		return r, fmt.Errorf("save reply: %w", err)
	}
	if err := tx.WakeCase(ctx, r.Case, r.ReceivedAt); err != nil {
		return r, err
	}
	by := domain.Caller{World: r.World, Now: r.ReceivedAt}
	return r, tx.SaveTrail(ctx, domain.Trail{
		Audit:  []domain.AuditRow{domain.Audited(ids.audit, by, "reply.received", "reply", r.ID.UUID, r.Kind, r.Sender, hex.EncodeToString(r.Digest))},
		Events: []domain.Event{caseEvent(ids.event, f, "debtor.reply", domain.DealID{}, said)},
	})
}

// wrote says who wrote what, as far as that is known: a sender's address proves nothing,
// and a strange one is named.
func wrote(f domain.CaseFacts, r domain.Reply) string {
	if r.SenderKnown {
		return fmt.Sprintf("%s wrote by mail: %s", oneLine(f.Relationship.Name), quoted(r))
	}
	return fmt.Sprintf("Somebody wrote by mail about %s, from %s, which is not the address that we write to: %s", oneLine(f.Relationship.Name), oneLine(r.Sender), quoted(r))
}

// triaged adds what a reply seems to say.
// It reports whether that is anything of substance.
func triaged(r domain.Reply, f domain.CaseFacts, mail inbound.Mail) (domain.Reply, bool) {
	var items []inbound.Item
	for i := range f.Items {
		item := &f.Items[i]
		if live(item) {
			items = append(items, inbound.Item{Invoice: item.Deal.InvoiceNumber, Open: item.Deal.Open})
		}
	}
	p := inbound.Triage(r.Own, r.Subject, localOf(&f).today, items)
	hint := func(kind, value string, evidence inbound.Evidence) {
		r.Hints = append(r.Hints, domain.ReplyHint{Kind: kind, Value: value, Words: evidence.Words})
	}
	for kind, findings := range map[string][]inbound.Finding{"reason": p.Reasons, "flag": p.Flags} {
		for _, found := range findings {
			hint(kind, string(found.Code), found.Evidence[0])
		}
	}
	for _, found := range p.Amounts {
		hint("amount", found.Amount.Grouped(), found.Evidence)
	}
	for _, found := range p.Dates {
		var days []string
		for _, day := range found.Days {
			days = append(days, day.String())
		}
		hint("date", strings.Join(days, " or "), found.Evidence)
	}
	for _, found := range p.Invoices {
		hint("invoice", found.Invoice, found.Evidence)
	}
	slices.SortStableFunc(r.Hints, func(a, b domain.ReplyHint) int { return strings.Compare(a.Kind, b.Kind) })
	whole := r.SenderKnown && !r.Touch.IsZero() && len(mail.Attachments) == 0 && len(r.Faults) == 0 && !p.Cut
	r.Acknowledge, r.Summary = p.AcknowledgementOnly && whole, inbound.Summary(p)
	return r, p.Substantive && (r.SenderKnown || !r.Touch.IsZero())
}

// rests holds the case back: for what a collector has to read until that is answered or
// closed, once for all mails that wait; for an acknowledgement a week, once for each of our
// messages. A closed case is left as it is.
func (s *Service) rests(ctx context.Context, tx Tx, r domain.Reply, f domain.CaseFacts, ids replyIDs, said string) (string, domain.Reply, error) {
	page := domain.DebtorPage{Case: r.Case, World: r.World, FactorID: r.Factor, SellerID: r.Seller}
	hold := domain.Hold{ID: ids.hold, Case: r.Case, Code: domain.HoldQuery, CreatedAt: r.ReceivedAt}
	l := localOf(&f)
	unread := slices.IndexFunc(f.Questions, func(q domain.Question) bool { return q.ByMail && q.AnsweredAt.IsZero() })
	switch {
	case f.Case.Status != domain.CaseOpen:
		return said + " The case is closed; a person should read it.", r, nil
	case unread >= 0:
		r.Question = f.Questions[unread].ID
		return said + " It waits to be read, as mails before it.", r, nil
	case r.Acknowledge:
		rested, err := tx.Acknowledged(ctx, r.Touch)
		if err != nil || rested {
			return said + " It asks for nothing.", r, err
		}
		hold.CauseKind, hold.Cause, hold.Until = causeReply, r.ID.UUID, l.today.Plus(acknowledgedFor).At(0, 0, l.zone)
		return fmt.Sprintf("%s It rests until %s.", said, l.day(hold.Until).Short()), r, tx.SaveHold(ctx, page, hold)
	}
	q := domain.Question{
		ID: ids.question, Case: r.Case, ByMail: true, AskedAt: r.ReceivedAt,
		Said: fmt.Sprintf("A mail of %s", l.day(r.ReceivedAt).Short()),
	}
	if err := tx.SaveQuestion(ctx, page, q); err != nil {
		return said, r, fmt.Errorf("save question: %w", err)
	}
	hold.CauseKind, hold.Cause, r.Question = causeQuestion, q.ID.UUID, q.ID
	if err := tx.SaveHold(ctx, page, hold); err != nil {
		return said, r, fmt.Errorf("save hold: %w", err)
	}
	return said + " Everything rests until a person has read it.", r, nil
}

// words are those of a mail that the timeline begins with.
func words(r domain.Reply) string {
	said := strings.TrimSpace(r.Own)
	if said == "" {
		said = strings.TrimSpace(r.Subject)
	}
	if said == "" {
		said = "(a mail without words)"
	}
	return said
}

// quoted cites the beginning of a reply for the timeline.
func quoted(r domain.Reply) string {
	const most = 280
	said := oneLine(words(r))
	if runes := []rune(said); len(runes) > most {
		said = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q.", said)
}

// bounced says what a report of a mail server means for the message that it names. Only
// one that refuses for good the very address that we wrote to makes it a message that did
// not arrive, and takes back that a notice was delivered; any other proves nothing.
func (s *Service) bounced(ctx context.Context, tx Tx, r domain.Reply, f domain.CaseFacts, mail inbound.Mail) (string, error) {
	name := oneLine(f.Relationship.Name)
	nothing := fmt.Sprintf("A mail server reports trouble with a message to %s. It says nothing certain about one of ours, and nothing changes.", name)
	if r.Touch.IsZero() || mail.Report == nil {
		return nothing, nil
	}
	file, err := tx.TouchFile(ctx, r.Touch)
	if err != nil || file.Touch.Status != domain.TouchSent {
		return nothing, err
	}
	at := slices.IndexFunc(mail.Report.Deliveries, func(d inbound.Delivery) bool {
		return d.Lasting == inbound.Permanent && strings.EqualFold(d.Recipient, file.Touch.Recipient)
	})
	if at < 0 {
		return nothing, nil
	}
	if err := file.Touch.MoveTo(domain.TouchFailed); err != nil {
		return nothing, err
	}
	refused := mail.Report.Deliveries[at]
	why := oneLine(strings.TrimSpace(refused.Status + " " + refused.Diagnostic))
	file.Touch.Outcome = "the mailbox refused it later: " + why
	if err := tx.UpdateTouch(ctx, file.Touch); err != nil {
		return nothing, err
	}
	said := fmt.Sprintf("The mailbox of %s refused our message for good (%s): a person should call.", name, why)
	if file.Touch.Class == domain.ClassLegalNotice {
		said = fmt.Sprintf("The notice to %s did not arrive: the mailbox refused it for good (%s). Nothing is asked before it has been delivered: a person should call.", name, why)
		err = tx.NoticeBounced(ctx, file.Touch.Items, file.Touch.SentAt)
	}
	return said, err
}

// Replies lists the mails that belong to a case of the caller's.
func (s *Service) Replies(ctx context.Context, by domain.Caller, id domain.CaseID, page domain.Page) ([]domain.Reply, error) {
	return of(ctx, s, by, id, func(tx Tx) ([]domain.Reply, error) { return tx.Replies(ctx, id, page) })
}

// AllReplies lists the mails to the caller's organisation; for the platform, those that
// belong to no case.
func (s *Service) AllReplies(ctx context.Context, by domain.Caller, page domain.Page) ([]domain.Reply, error) {
	var found []domain.Reply
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		found, err = tx.RepliesOf(ctx, by.Organization, by.Kind, page)
		return err
	})
	return found, err
}

// Reply returns a mail that came in.
func (s *Service) Reply(ctx context.Context, by domain.Caller, id domain.ReplyID) (domain.Reply, error) {
	var reply domain.Reply
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		var err error
		reply, _, err = tx.Reply(ctx, id, by.Organization, by.Kind)
		return err
	})
	return reply, err
}

// RawReply returns a mail as it came.
func (s *Service) RawReply(ctx context.Context, by domain.Caller, id domain.ReplyID) (domain.Document, error) {
	var doc domain.Document
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		reply, raw, err := tx.Reply(ctx, id, by.Organization, by.Kind)
		doc = domain.Document{MediaType: "message/rfc822", FileName: reply.ID.String() + ".eml", Bytes: raw, SHA256: reply.Digest}
		return err
	})
	return doc, err
}
