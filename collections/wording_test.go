package collections_test

import (
	"strings"
	"testing"

	"comity/collections"
	"comity/domain"
)

// TestTheOtherLetters holds the letters that story A does not send (C-70, C-72, C-73 and C-177).
func TestTheOtherLetters(t *testing.T) {
	f, _ := overdueA()
	second := another(&f, "MP-1043", "2026-03-06")
	second.OrderReference, second.Summary = "", "Final notice boards | {link}\n> for the court"
	third := another(&f, "MP-1050", "2026-03-16")
	ids := []domain.DealID{f.Items[0].Deal.ID, second.Deal.ID, third.Deal.ID}
	f.Holds = []domain.Hold{hold(f, domain.HoldDisputed, usd(100_000))}
	f.Touches = []domain.Touch{wrote(f, "post_due:1", "2026-03-06 09:30")}
	question := domain.Question{ID: domain.New[domain.QuestionID](), Deal: ids[0], Said: "Is DE89 3704 0044 0532 0130 00 right?", AskedAt: at("2026-03-03 16:00"), Answer: "The right one is in our notice.\n\n= IBAN: none\nAnything else?", AnsweredAt: at("2026-03-03 22:00")}
	f.Questions = []domain.Question{question}
	f.Unthanked = []domain.Allocation{
		{ID: domain.New[domain.AllocationID](), Deal: ids[0], Minor: 400_000, ValueOn: day("2026-03-06")},
		{ID: domain.New[domain.AllocationID](), Deal: ids[1], Minor: 1_000_000, ValueOn: day("2026-03-06")},
	}
	both := []domain.AllocationID{f.Unthanked[0].ID, f.Unthanked[1].ID}
	tests := map[string]collections.Act{
		"heads_up":    {Step: "heads_up:2026-03-16", Class: domain.ClassHeadsUp, Items: ids[2:]},
		"follow_up":   {Step: "post_due:2", Class: domain.ClassReminder, Tone: 1, Items: ids},
		"pre_due_two": {Step: "pre_due:2026-03-06", Class: domain.ClassReminder, Items: ids[1:]},
		"part_paid":   {Step: "thanks:x", Class: domain.ClassThankYou, Items: ids[:2], Allocations: both},
		"receipt":     {Step: "thanks:x", Class: domain.ClassReceipt, Items: ids[:1], Allocations: both[:1]},
		"answer":      {Step: "answer:x", Class: domain.ClassAnswer, Items: ids[:1], Question: question.ID},
		"notice_two":  {Step: "notice:x", Class: domain.ClassLegalNotice, Items: ids[:2]},
	}
	for name, act := range tests {
		t.Run(name, func(t *testing.T) {
			letter, err := collections.Write(f, act, collections.Gate(f, act))
			if err != nil {
				t.Fatal(err)
			}
			if findings := letter.Lint(act.Class, act.Tone); len(findings) > 0 {
				t.Errorf("lint: %s", strings.Join(findings, "\n"))
			}
			if findings := collections.Lint(act.Class, act.Tone, letter.Subject+"\n"+letter.Text, letter.Known...); len(findings) > 0 {
				t.Errorf("lint of the text alone: %s", strings.Join(findings, "\n"))
			}
			if strings.Contains(letter.Text, "DE89") || strings.Count(letter.Text, "{link}") > 1 || strings.Contains(letter.Text, "<no value>") {
				t.Errorf("something was smuggled in:\n%s", letter.Text)
			}
			golden(t, name, letter.Subject+"\n\n"+letter.Text)
		})
	}
}
