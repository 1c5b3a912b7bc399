package collections

import (
	"context"
	"encoding/hex"
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
// belongs to a case is told to its factor and seller; what a person wrote rests the whole
// case until a collector has answered it, an acknowledgement for seven days; a mailbox
// that refuses us for good makes the message a failed one. What robots write, out-of-office
// replies among it, is kept and is no answer. A mail that belongs to no case is kept for
// the platform.
func (s *Service) Receive(ctx context.Context, raw []byte, now time.Time) (domain.Reply, error) {
	mail, fault := inbound.Read(raw)
	reply := replyOf(mail, fault, now)
	ids := replyIDs{
		reply: domain.New[domain.ReplyID](), question: domain.New[domain.QuestionID](), hold: domain.New[domain.HoldID](),
		event: domain.New[domain.EventID](), audit: domain.New[domain.AuditID](),
	}
	reply.ID = ids.reply
	by := domain.Caller{World: domain.LiveWorld, Now: now}
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		if before, err := tx.ReplyOf(ctx, reply.Digest); err != nil || !before.ID.IsZero() {
			reply = before
			return err
		}
		target, err := tx.ReplyTarget(ctx, s.named(mail), reply.Sender)
		if err != nil {
			return fmt.Errorf("find the case of a mail: %w", err)
		}
		if target.Case.IsZero() {
			return tx.SaveReply(ctx, reply, raw)
		}
		if target.World.Sandbox {
			reply.ReceivedAt = target.World.Now
		}
		reply, err = s.receive(ctx, tx, reply, mail, target, ids, raw)
		return err
	})
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
	r.SenderKnown = strings.EqualFold(r.Sender, target.Recipient)
	if mail.FromPerson() {
		r = triaged(r, f)
	}
	said := fmt.Sprintf("%s wrote by mail: %s", oneLine(f.Relationship.Name), quoted(r))
	switch {
	case mail.Kind == inbound.KindHuman || mail.Kind == inbound.KindComplaint:
		if said, r, err = s.rests(ctx, tx, r, f, ids, said); err != nil {
			return r, err
		}
	case mail.Kind == inbound.KindBounce && refusedForGood(mail):
		said = fmt.Sprintf("The mailbox of %s refused our message for good (%s): a person should call.", oneLine(f.Relationship.Name), oneLine(diagnosis(mail)))
		if err := bounced(ctx, tx, r, mail); err != nil {
			return r, err
		}
	default:
		said = fmt.Sprintf("A machine answered for %s (%s); that is no answer of theirs.", oneLine(f.Relationship.Name), strings.ReplaceAll(r.Kind, "_", " "))
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

// triaged adds what a reply seems to say.
func triaged(r domain.Reply, f domain.CaseFacts) domain.Reply {
	var items []inbound.Item
	for _, item := range f.Items {
		if live(item) {
			items = append(items, inbound.Item{Invoice: item.Deal.InvoiceNumber, Open: item.Deal.Open})
		}
	}
	p := inbound.Triage(r.Own, r.Subject, localOf(f).today, items)
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
	r.Acknowledge, r.Summary = p.AcknowledgementOnly, inbound.Summary(p)
	return r
}

// rests holds the case back: for what a collector has to answer until it is answered, for
// an acknowledgement a week. A closed case and one with many open questions are left as
// they are.
func (s *Service) rests(ctx context.Context, tx Tx, r domain.Reply, f domain.CaseFacts, ids replyIDs, said string) (string, domain.Reply, error) {
	page := domain.DebtorPage{Case: r.Case, World: r.World, FactorID: r.Factor, SellerID: r.Seller, Questions: f.Questions}
	hold := domain.Hold{ID: ids.hold, Case: r.Case, Code: domain.HoldQuery, CauseKind: causeReply, Cause: r.ID.UUID, CreatedAt: r.ReceivedAt}
	switch {
	case f.Case.Status != domain.CaseOpen:
		return said + " The case is closed; a person should read it.", r, nil
	case r.Acknowledge:
		l := localOf(f)
		hold.Until = l.today.Plus(acknowledgedFor).At(0, 0, l.zone)
		return fmt.Sprintf("%s It rests until %s.", said, l.day(hold.Until).Short()), r, tx.SaveHold(ctx, page, hold)
	case waiting(page) >= maxWaiting:
		return said + " Others of theirs wait for an answer already.", r, nil
	}
	q := domain.Question{ID: ids.question, Case: r.Case, Said: asked(r), AskedAt: r.ReceivedAt}
	if err := tx.SaveQuestion(ctx, page, q); err != nil {
		return said, r, fmt.Errorf("save question: %w", err)
	}
	hold.CauseKind, hold.Cause, r.Question = causeQuestion, q.ID.UUID, q.ID
	if err := tx.SaveHold(ctx, page, hold); err != nil {
		return said, r, fmt.Errorf("save hold: %w", err)
	}
	return said + " Everything rests until seven days after our answer.", r, nil
}

// asked is what stands as the debtor's words where a collector answers them.
func asked(r domain.Reply) string {
	said := strings.TrimSpace(r.Own)
	if said == "" {
		said = strings.TrimSpace(r.Subject)
	}
	if said == "" {
		said = "(a mail without words)"
	}
	if runes := []rune(said); len(runes) > maxSaid {
		said = string(runes[:maxSaid-1]) + "…"
	}
	return said
}

// quoted cites the beginning of a reply for the timeline.
func quoted(r domain.Reply) string {
	const most = 280
	said := oneLine(asked(r))
	if runes := []rune(said); len(runes) > most {
		said = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q.", said)
}

func refusedForGood(mail inbound.Mail) bool {
	return mail.Report != nil && slices.ContainsFunc(mail.Report.Deliveries, func(d inbound.Delivery) bool { return d.Lasting == inbound.Permanent })
}

func diagnosis(mail inbound.Mail) string {
	for _, d := range mail.Report.Deliveries {
		if d.Lasting == inbound.Permanent {
			return strings.TrimSpace(d.Status + " " + d.Diagnostic)
		}
	}
	return ""
}

// bounced makes a message that was sent one that did not arrive. A bounce that names
// none of ours proves nothing.
func bounced(ctx context.Context, tx Tx, r domain.Reply, mail inbound.Mail) error {
	if r.Touch.IsZero() {
		return nil
	}
	file, err := tx.TouchFile(ctx, r.Touch)
	if err != nil || file.Touch.Status != domain.TouchSent {
		return err
	}
	if err := file.Touch.MoveTo(domain.TouchFailed); err != nil {
		return err
	}
	file.Touch.Outcome = "the mailbox refused it later: " + oneLine(diagnosis(mail))
	return tx.UpdateTouch(ctx, file.Touch)
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
