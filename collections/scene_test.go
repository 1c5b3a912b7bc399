package collections_test

import (
	"fmt"

	"comity/collections"
	"comity/domain"
)

// classOf is the class of message that a letter is.
var classOf = map[string]domain.MessageClass{
	"notice": domain.ClassLegalNotice, "notice_person": domain.ClassLegalNotice, "validation": domain.ClassValidation, "heads_up": domain.ClassHeadsUp, "pre_due": domain.ClassReminder, "post_due_first": domain.ClassReminder,
	"post_due_next": domain.ClassReminder, "new_timeline": domain.ClassReminder, "clear_ask": domain.ClassReminder, "formal_demand": domain.ClassReminder,
	"call": domain.ClassCall, "after_call": domain.ClassAnswer, "answer": domain.ClassAnswer, "thank_you": domain.ClassThankYou, "recognition": domain.ClassThankYou, "receipt": domain.ClassReceipt,
}

// a scene is a case at a moment and the letter that is written there.
type scene struct {
	domain.CaseFacts
	act collections.Act
}

// sceneOf is story A at the day on which a letter of a tone would be written.
func sceneOf(template string, tone int) *scene {
	f := told()
	f.Now = at("2026-03-24 10:00")
	if when, dated := map[string]string{
		"notice": "2026-02-05 10:00", "notice_person": "2026-02-05 10:00", "heads_up": "2026-02-18 09:30", "pre_due": "2026-02-25 09:30", "post_due_first": "2026-03-09 09:30",
		"post_due_next": "2026-03-16 09:30", "new_timeline": "2026-03-30 09:30", "clear_ask": "2026-04-10 09:30", "formal_demand": "2026-04-20 09:30",
	}[template]; dated {
		f.Now = at(when)
	}
	f.KnownSince = day("2025-01-15")
	step := "post_due:3"
	switch template {
	case "heads_up", "pre_due":
		step = template + ":2026-03-04"
	case "notice", "notice_person", "validation", "answer", "after_call", "thank_you", "receipt", "recognition":
		step = template + ":x"
	}
	s := &scene{f, collections.Act{Step: step, Class: classOf[template], Tone: tone, Template: template, Items: []domain.DealID{f.Items[0].Deal.ID}}}
	switch template {
	case "answer":
		s.ask("Where was it delivered?", "It was delivered to your front desk.")
	case "after_call":
		s.call(domain.CallSpoke, "2026-03-24 09:00")
	case "thank_you", "receipt", "recognition":
		s.pay(0, 1_000_000)
		s.Items[0].Deal.Open, s.InRow = usd(0), 7
	}
	return s
}

func (s *scene) ask(said, answer string) {
	q := domain.Question{ID: domain.New[domain.QuestionID](), Deal: s.Items[0].Deal.ID, Said: said, Answer: answer, AskedAt: s.Now.AddDate(0, 0, -1)}
	if answer != "" {
		q.AnsweredAt = s.Now
	}
	s.Questions, s.act.Question = append(s.Questions, q), q.ID
}

// call adds a call, and makes it the one that a letter follows up.
func (s *scene) call(result domain.CallResult, when string) {
	t := domain.Touch{
		ID: domain.New[domain.TouchID](), Cycle: 1, Step: "post_due:2", Class: domain.ClassCall, Status: domain.TouchSent, Result: result, ClaimedAt: at(when),
		Items: s.act.Items, Note: "in a bad mood",
	}
	s.Touches, s.act.Touch = append(s.Touches, t), t.ID
}

func (s *scene) pay(item int, minor int64) {
	a := domain.Allocation{ID: domain.New[domain.AllocationID](), Deal: s.Items[item].Deal.ID, Minor: minor, ValueOn: day("2026-03-20")}
	s.Unthanked, s.act.Allocations = append(s.Unthanked, a), append(s.act.Allocations, a.ID)
}

// also adds an invoice to the case and to the letter.
func (s *scene) also(number, due string) *domain.CaseItem {
	item := another(&s.CaseFacts, number, due)
	s.act.Items = append(s.act.Items, item.Deal.ID)
	return item
}

// wrote adds the messages that went before.
func (s *scene) wrote(whens ...string) {
	classes := []domain.MessageClass{domain.ClassLegalNotice, domain.ClassReminder}
	for i, when := range whens {
		s.Touches = append(s.Touches, domain.Touch{
			ID: domain.New[domain.TouchID](), Cycle: 1, Step: fmt.Sprintf("x:%d", i), Class: classes[min(i, 1)], Status: domain.TouchSent, SentAt: at(when),
			ClaimedAt: at(when), Items: s.act.Items,
		})
	}
}

// good makes the relationship old and good, and lets the seller speak.
func (s *scene) good() {
	s.KnownSince, s.PaidOnTime = day("2020-05-01"), 4
	s.Voice = domain.Voice{Informal: true, Line: "We print what we would want to read ourselves.", Thanks: "Thank you, we enjoy printing for you."}
}

func (s *scene) dispute(minor int64) {
	s.Holds = append(s.Holds, hold(s.CaseFacts, domain.HoldDisputed, usd(minor)))
	s.Disputes = append(s.Disputes, domain.Dispute{Deal: s.Items[0].Deal.ID, Status: domain.DisputeAnswered, Amount: usd(minor), Said: "40 menus came torn", RaisedAt: s.Now})
}

func (s *scene) nobody() { s.Relationship.ContactName = "" }

// write writes the letter of a scene.
func (s *scene) write(t interface{ Fatal(...any) }) collections.Letter {
	letter, err := collections.Write(s.CaseFacts, s.act, collections.Gate(s.CaseFacts, s.act))
	if err != nil {
		t.Fatal(err)
	}
	return letter
}
