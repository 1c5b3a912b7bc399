package collections

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
	"comity/money"
)

// A Preview is what would be said next in a case if nothing changed until then.
type Preview struct {
	Touch     *PreviewTouch // nil: nothing is due by itself
	WaitsFor  string        // what the case waits for now, in words
	LookAgain time.Time     // when that is looked at; zero: when somebody changed something
}

// A PreviewTouch is the message that would leave, as it would be written.
type PreviewTouch struct {
	Step, Class string
	Tone        int
	DueAt       time.Time
	Letter      Letter // {link} stands for the debtor's link
	Items       []PreviewItem
	WhyNow      string
	CodesToday  []string // of the gate, if it were to leave now; outward ones for a seller (D-7)
}

// A PreviewItem is what a message would ask for of one invoice.
type PreviewItem struct {
	Deal      domain.DealID
	Number    string
	Open, Ask money.Amount
}

// Preview says what would be said next in a case of the caller's, and what would
// hold it back today. It changes nothing. It refuses with domain.ErrNotFound.
func (s *Service) Preview(ctx context.Context, by domain.Caller, id domain.CaseID) (Preview, error) {
	var shown Preview
	err := s.read(ctx, by.In(domain.ScopeWork), func(tx Tx) error {
		if _, err := tx.Case(ctx, id, by.Organization, by.Kind); err != nil {
			return err
		}
		facts, err := tx.CaseLook(ctx, id)
		if err != nil {
			return err
		}
		facts.Now, facts.AnswersShared = by.Now, s.options.ReplyHost != ""
		shown, err = previewOf(facts, by.Kind == domain.KindFactor)
		return err
	})
	if err != nil {
		return Preview{}, fmt.Errorf("preview case %s: %w", id, err)
	}
	return shown, nil
}

// previewOf looks ahead to the next moment at which something is due. The real
// codes are for the factor.
func previewOf(f domain.CaseFacts, inside bool) (Preview, error) {
	f, _, _ = judge(f)
	today, plan := f, Next(f)
	shown := Preview{WaitsFor: plan.Reason, LookAgain: plan.At}
	if plan.Act != nil {
		shown.WaitsFor, shown.LookAgain = "nothing: the "+className[plan.Act.Class]+" is next", f.Now
	} else if !plan.At.IsZero() {
		f.Now = plan.At
		plan = Next(f)
	}
	if plan.Act == nil {
		if _, restricted := f.Stop(domain.StopSanctions); restricted && !inside && shown.LookAgain.IsZero() {
			shown.WaitsFor = codeWords[CodeConsiderate] // D-8: nobody is tipped off
		}
		return shown, nil
	}
	act := *plan.Act
	then, now := Gate(f, act), Gate(today, act)
	if len(then.Items) == 0 && act.Class.Proactive() {
		return shown, nil
	}
	written, err := Write(f, act, then)
	if err != nil {
		return Preview{}, err
	}
	touch := &PreviewTouch{
		Step: act.Step, Class: string(act.Class), Tone: act.Tone, DueAt: f.Now, Letter: written, WhyNow: act.Why, CodesToday: now.Outward,
	}
	if inside {
		touch.CodesToday = now.Codes
	}
	for _, v := range then.Items {
		item, _ := f.Item(v.Deal)
		touch.Items = append(touch.Items, PreviewItem{Deal: v.Deal, Number: item.Deal.InvoiceNumber, Open: v.Open, Ask: v.Ask})
	}
	shown.Touch = touch
	return shown, nil
}
