package collections

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"comity/domain"
)

// The seller of a part that is its own again goes on under the same case, and by the same rules (D-25):
// the gate is asked, the letter is written in its name (D-24), and what it sends from its own address
// counts for everybody who writes to that debtor. Nobody here sends it, and no step follows by itself.

// letterOwn is what a seller writes then.
const letterOwn = "own_reminder"

const (
	ownMost = 3 // of its messages about one part, until it has spoken with its debtor
	stepOwn = "own:"
)

// An OwnReminder is a letter that a seller may send by itself now, or why not now.
type OwnReminder struct {
	Recipient     string
	Subject, Text string
	Clear         bool
	Codes         []string  // why not, when it is not
	Words         string    // the same in plain words
	Again         time.Time // when it may be asked again; zero: once a person has done something
}

// own are the facts of a case as they are about a part that is its seller's again: nothing but that part,
// in the seller's voice.
func own(f domain.CaseFacts, deal domain.Deal, r domain.Recourse) (domain.CaseFacts, Act) {
	item, _ := f.Item(deal.ID)
	item.Deal = deal
	item.Deal.Status, item.Deal.Open, item.Deal.Disclosure = domain.DealPaidOut, r.Left(), domain.Confidential
	f.Items, f.Unthanked = []domain.CaseItem{item}, nil
	f.Case.Disclosure = domain.Confidential
	return f, Act{Step: stepOwn + r.ID.String(), Class: domain.ClassReminder, Tone: ToneCordial, Items: []domain.DealID{deal.ID}, Template: letterOwn, Why: "The seller writes about what is its own again."}
}

// GateOwn says whether a seller may write about a part that is its own again. All that protects the
// debtor counts as it does for a message of ours: its words, its stops and wishes, hours, one message a
// day, the gap and the ceiling over everybody. What is in our bank's statements says nothing about the
// seller's account, and is not asked.
func GateOwn(f domain.CaseFacts, deal domain.Deal, r domain.Recourse) Verdict {
	f, act := own(f, deal, r)
	v, l := Verdict{Clear: true}, localOf(&f)
	itemStage(&f, act, &v)
	facts := stage(&f, act, v)
	stopStage(&f, act, &v)
	facts = append(facts, reachStage(&f, act, &v)...)
	facts = append(facts, countStage(&f, l, act, &v)...)
	facts = append(facts, personStage(&f, l, act, &v)...)
	written := 0
	for i := range f.Touches {
		if taken(&f.Touches[i]) && strings.HasPrefix(f.Touches[i].Step, act.Step) {
			written++
		}
	}
	if written >= ownMost {
		v.refuse(CodeAwaitingHuman, CodeAwaitingHuman)
		facts = append(facts, fmt.Sprintf("%d messages about it were left without an end", written))
	}
	v.Facts = strings.Join(facts, "; ")
	return v
}

// WriteOwn writes that letter about what the gate left.
func WriteOwn(f domain.CaseFacts, deal domain.Deal, r domain.Recourse, v Verdict) (Letter, error) {
	f, act := own(f, deal, r)
	data := letterOf(f, act, v)
	data.SellerEmail = oneLine(f.Seller.Email)
	paper, err := printed(f, letterOwn, data, letterhead(f.Seller))
	return paper.Letter, err
}

// LintOwn returns what is wrong with its words. It has no page of ours to lead to.
func LintOwn(letter Letter) []string {
	return slices.DeleteFunc(letter.Lint(domain.ClassReminder, ToneCordial), func(finding string) bool { return strings.Contains(finding, `"{link}"`) })
}

// RemindOwn is how a seller writes to its debtor about a part that is its own again: the gate is asked at
// this moment, and what it says is stored. Clear, the letter is the answer, for the seller to send from
// its own address, and it counts as sent. It refuses with domain.ErrForbidden, ErrNotFound, or
// ErrWrongState while title is held or when nothing is left.
func (s *Service) RemindOwn(ctx context.Context, by domain.Caller, id domain.RecourseID, once domain.Once[OwnReminder]) (domain.Answer, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Answer{}, err
	}
	touch, gate, audit, event := domain.New[domain.TouchID](), domain.New[domain.GateID](), domain.New[domain.AuditID](), domain.New[domain.EventID]()
	return s.atomically(ctx, once.Entry(by, domain.ScopeWork), func(tx Tx) (domain.Answer, error) {
		f, deal, r, err := ownCase(ctx, tx, by, id)
		if err != nil {
			return domain.Answer{}, err
		}
		v := GateOwn(f, deal, r)
		var letter Letter
		if v.Clear {
			if letter, err = WriteOwn(f, deal, r, v); err != nil {
				return domain.Answer{}, err
			}
			for _, finding := range LintOwn(letter) {
				v.refuse(CodeToneLint, CodeToneLint)
				v.Facts += "; " + finding
			}
		}
		g, act := own(f, deal, r)
		decision := domain.GateDecision{
			ID: gate, Case: f.Case.ID, Factor: f.Case.Factor, Seller: f.Case.Seller, Cycle: f.Case.Cycle, Step: act.Step, Class: act.Class,
			Sent: v.Clear, Codes: v.Codes, Outward: v.Outward, Facts: v.Facts, At: f.Now,
		}
		answer := OwnReminder{Clear: v.Clear, Codes: v.Outward, Words: refusalWords(v.Outward)}
		said := fmt.Sprintf("You wanted to write to %s, and it is not the moment: %s.", oneLine(f.Relationship.Name), answer.Words)
		if v.Clear {
			answer.Recipient, answer.Subject, answer.Text = f.Relationship.Email, letter.Subject, letter.Text
			said = fmt.Sprintf("You write to %s about %s of invoice %s, which is yours again.", oneLine(f.Relationship.Name), r.Left().Grouped(), deal.InvoiceNumber)
			t := ladderTouch(g, act, v, domain.Touch{ID: touch, CreatedAt: f.Now})
			t.Step += ":" + touch.String() // each of them is one of its own
			t.Template, t.Disclosure, t.ClaimedAt, t.SentAt, t.Outcome = letter.Template, domain.Confidential, f.Now, f.Now, "for the seller to send from its own address"
			if err := tx.SaveOwnReminder(ctx, t, r.ID, letter.Subject, letter.Text); err != nil {
				return domain.Answer{}, err
			}
		} else {
			decision.LookAgain = LookAgain(g, act, v)
			if slices.Contains(v.Codes, CodeAwaitingHuman) {
				decision.LookAgain = time.Time{}
			}
			answer.Again = decision.LookAgain
		}
		if err := tx.SaveGate(ctx, decision); err != nil {
			return domain.Answer{}, fmt.Errorf("save gate: %w", err)
		}
		told := caseEvent(event, f, "recourse.reminder", deal.ID, said)
		told.Factor, told.Invoice = domain.OrganizationID{}, deal.Invoice
		return once.Answer(answer), tx.SaveTrail(ctx, domain.Trail{
			Audit:  []domain.AuditRow{domain.Audited(audit, by, "recourse.reminder", "recourse", id.UUID, strings.Join(v.Codes, " "))},
			Events: []domain.Event{told},
		})
	})
}

// ownCase locks the case of a part that is the caller's again.
func ownCase(ctx context.Context, tx Tx, by domain.Caller, id domain.RecourseID) (domain.CaseFacts, domain.Deal, domain.Recourse, error) {
	var r domain.Recourse
	of, err := tx.RecourseDeal(ctx, id, by.Organization)
	if err != nil {
		return domain.CaseFacts{}, domain.Deal{}, r, err
	}
	deal, err := tx.Deal(ctx, of, by.Organization, by.Kind)
	if err != nil {
		return domain.CaseFacts{}, deal, r, err
	}
	f, err := tx.CaseFacts(ctx, deal.Case)
	if err != nil {
		return f, deal, r, err
	}
	f.Now = by.Now
	i := slices.IndexFunc(f.Recourses, func(r domain.Recourse) bool { return r.ID == id })
	if i < 0 || f.Recourses[i].ExercisedAt.IsZero() {
		return f, deal, r, domain.ErrNotFound // of one that is only proposed the seller does not know
	}
	r = f.Recourses[i]
	if !r.Reassigned() {
		return f, deal, r, domain.ErrWrongState.Because("title is held: the debtor is not written to about it").In(string(r.Status), string(domain.RecourseReassigned))
	}
	if !r.Left().Positive() {
		return f, deal, r, domain.ErrWrongState.Because("nothing of it is left").In("settled")
	}
	return f, deal, r, nil
}
