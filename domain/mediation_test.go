package domain_test

import (
	"errors"
	"testing"
	"time"

	"comity/domain"
	"comity/money"
)

var (
	mediationDay = domain.MustDate("2026-03-12") // a Thursday
	mediationAt  = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)
	german       = domain.BusinessDays("DE")
	euros        = func(minor int64) money.Amount { return money.Minor(minor, "EUR") }
)

func disputeOf(status domain.DisputeStatus) domain.Dispute {
	d := domain.Dispute{ID: domain.New[domain.DisputeID](), Status: status, Amount: euros(500_00), RaisedAt: time.Date(2026, 2, 10, 9, 0, 0, 0, time.UTC)}
	if status == domain.DisputeAnswered {
		d.AnsweredAt = mediationAt
	}
	return d
}

func offer(t *testing.T, d domain.Dispute, by domain.Side, before ...domain.Mediation) (domain.Mediation, error) {
	t.Helper()
	return domain.OfferMediation(domain.New[domain.MediationID](), d, before, by, d.Clocks(german, time.UTC), german, mediationDay, mediationAt)
}

// underWay is a mediation in a state, as it came there.
func underWay(t *testing.T, d domain.Dispute, status domain.MediationStatus) domain.Mediation {
	t.Helper()
	m, err := offer(t, d, domain.SideClock)
	steps := []struct {
		status domain.MediationStatus
		do     func() error
	}{
		{domain.MediationOffered, func() error { return nil }},
		{domain.MediationAgreed, func() error {
			return errors.Join(m.Answer(domain.SideSeller, true, german, mediationDay, mediationAt), m.Answer(domain.SideDebtor, true, german, mediationDay, mediationAt))
		}},
		{domain.MediationAppointed, func() error { return m.Appoint(neutral(), german, mediationDay, mediationAt) }},
		{domain.MediationScheduled, func() error {
			return errors.Join(m.Schedule(dates("2026-03-20", "2026-03-26", "2026-04-02"), mediationDay), m.AgreeDates(domain.SideDebtor, 1, mediationAt),
				m.AgreeDates(domain.SideSeller, 1, mediationAt), m.AgreeDates(domain.SideFactor, 1, mediationAt))
		}},
		{domain.MediationProposed, func() error { return m.Propose(domain.MediationProposal{Credit: euros(200_00)}, d) }},
	}
	for _, step := range steps {
		if err == nil {
			err = step.do()
		}
		if step.status == status {
			break
		}
	}
	if err != nil || m.Status != status {
		t.Fatalf("it is %s, want %s: %v", m.Status, status, err)
	}
	return m
}

func neutral() domain.Mediator {
	return domain.Mediator{Organization: domain.OrganizationID{UUID: [16]byte{9}}, Name: "Fairway", ValidUntil: mediationDay}
}

func dates(papers, talk, proposal string) domain.Timetable {
	return domain.Timetable{PapersBy: domain.MustDate(papers), TalkOn: domain.MustDate(talk), ProposalBy: domain.MustDate(proposal)}
}

func kindOf(err error) string {
	if refusal, told := errors.AsType[*domain.Refusal](err); told {
		return refusal.Code
	}
	if err != nil {
		return err.Error()
	}
	return "fine"
}

// TestWhoMayOfferMediation holds F-79 and F-77: the clock offers once, from day 30; a party may ask once the seller
// answered or should have, and once more afterwards.
func TestWhoMayOfferMediation(t *testing.T) {
	d := disputeOf(domain.DisputeAnswered)
	over := domain.Mediation{Dispute: d.ID, Status: domain.MediationLapsed}
	young, mediated, agreed, resolved := disputeOf(domain.DisputeOpen), disputeOf(domain.DisputeMediation), disputeOf(domain.DisputeAnswered), disputeOf(domain.DisputeResolved)
	young.RaisedAt, agreed.AgreedAt = mediationAt.AddDate(0, 0, -1), mediationAt
	for name, tc := range map[string]struct {
		dispute domain.Dispute
		by      domain.Side
		before  []domain.Mediation
		want    string
	}{
		"by the clock":                  {d, domain.SideClock, nil, "fine"},
		"by the debtor":                 {d, domain.SideDebtor, nil, "fine"},
		"by the seller, once more":      {d, domain.SideSeller, []domain.Mediation{over}, "fine"},
		"by the factor, of another one": {d, domain.SideFactor, []domain.Mediation{{Dispute: young.ID, Status: domain.MediationOffered}}, "fine"},
		"a third time":                  {d, domain.SideSeller, []domain.Mediation{over, over}, "wrong-state"},
		"beside one that is open":       {d, domain.SideSeller, []domain.Mediation{{Dispute: d.ID, Status: domain.MediationScheduled}}, "wrong-state"},
		"before the seller's days":      {young, domain.SideDebtor, nil, "wrong-state"},
		"in mediation":                  {mediated, domain.SideDebtor, nil, "wrong-state"},
		"agreed":                        {agreed, domain.SideDebtor, nil, "wrong-state"},
		"resolved":                      {resolved, domain.SideDebtor, nil, "wrong-state"},
	} {
		m, err := offer(t, tc.dispute, tc.by, tc.before...)
		if kindOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
		if err == nil && (m.AnswerBy != domain.MustDate("2026-03-26") || m.Answers.Factor != domain.WordAccepted) {
			t.Errorf("%s: to be answered by %s, the factor said %q", name, m.AnswerBy, m.Answers.Factor)
		}
	}
	clocks := d.Clocks(german, time.UTC)
	for day, want := range map[string]bool{"2026-03-11": false, "2026-03-12": true, "2026-06-01": true} {
		if got := domain.MayBeOffered(d, nil, clocks, domain.MustDate(day)); got != want {
			t.Errorf("on %s the clock offers: %t", day, got)
		}
	}
	if domain.MayBeOffered(d, []domain.Mediation{over}, clocks, mediationDay) {
		t.Error("the clock offers twice")
	}
}

// TestEveryStepInEveryState holds F-79: each step of a mediation is possible in its states and refused in all others.
func TestEveryStepInEveryState(t *testing.T) {
	d := disputeOf(domain.DisputeMediation)
	d2 := disputeOf(domain.DisputeAnswered)
	d2.ID = d.ID
	all := []domain.MediationStatus{domain.MediationOffered, domain.MediationAgreed, domain.MediationAppointed, domain.MediationScheduled, domain.MediationProposed}
	for name, step := range map[string]struct {
		in []domain.MediationStatus
		do func(*domain.Mediation) error
	}{
		"answer": {all[:1], func(m *domain.Mediation) error {
			return m.Answer(domain.SideDebtor, true, german, mediationDay, mediationAt)
		}},
		"appoint": {all[1:2], func(m *domain.Mediation) error {
			return m.Appoint(neutral(), german, mediationDay, mediationAt)
		}},
		"object": {all[2:4], func(m *domain.Mediation) error {
			return m.Object(domain.SideFactor, "why", mediationAt)
		}},
		"dates": {all[2:3], func(m *domain.Mediation) error {
			return m.Schedule(dates("2026-03-20", "2026-03-26", "2026-04-02"), mediationDay)
		}},
		"propose": {all[3:4], func(m *domain.Mediation) error {
			return m.Propose(domain.MediationProposal{Credit: euros(0)}, d)
		}},
		"vote": {all[4:], func(m *domain.Mediation) error {
			return m.Vote(domain.SideDebtor, 1, true, "", mediationAt)
		}},
		"end": {all[1:], func(m *domain.Mediation) error {
			return m.End(domain.MediationFailed, "why", mediationAt)
		}},
		"lapse": {all[:1], func(m *domain.Mediation) error {
			return m.End(domain.MediationLapsed, "why", mediationAt)
		}},
		"close": {all, func(m *domain.Mediation) error {
			return m.End(domain.MediationClosed, "why", mediationAt)
		}},
	} {
		for _, status := range all {
			m := underWay(t, d2, status)
			err := step.do(&m)
			allowed := false
			for _, in := range step.in {
				allowed = allowed || in == status
			}
			if allowed != (err == nil) || err != nil && kindOf(err) != "wrong-state" {
				t.Errorf("%s while it is %s: %v, allowed %t", name, status, err, allowed)
			}
		}
		for status, next := range domain.MediationMoves {
			if m := (domain.Mediation{Status: status}); len(next) == 0 && step.do(&m) == nil {
				t.Errorf("%s after it is %s", name, status)
			}
		}
	}
}

// TestWordsInAMediation holds F-79: one no declines an offer, the factor has none; three yeses settle a proposal, one no gives
// it back, and there are three at most; a neutral that was objected to is gone for good.
func TestWordsInAMediation(t *testing.T) {
	d := disputeOf(domain.DisputeAnswered)
	m := underWay(t, d, domain.MediationOffered)
	if err := m.Answer(domain.SideFactor, false, german, mediationDay, mediationAt); kindOf(err) != "forbidden" {
		t.Errorf("the factor declines: %v", err)
	}
	if err := m.Answer(domain.SideSeller, false, german, mediationDay, mediationAt); err != nil || m.Status != domain.MediationDeclined {
		t.Errorf("the seller declines: %v, %s", err, m.Status)
	}
	m = underWay(t, d, domain.MediationAppointed)
	if err := m.Object(domain.SideDebtor, "why", mediationAt); err != nil || m.Status != domain.MediationAgreed || !m.Mediator.IsZero() {
		t.Errorf("the debtor objects: %v, %s", err, m.Status)
	}
	if err := m.Appoint(neutral(), german, mediationDay, mediationAt); kindOf(err) != "not-neutral" {
		t.Errorf("the same one again: %v", err)
	}
	expired := neutral()
	expired.Organization, expired.ValidUntil = domain.OrganizationID{UUID: [16]byte{8}}, mediationDay.Plus(-1)
	if err := m.Appoint(expired, german, mediationDay, mediationAt); kindOf(err) != "not-admitted" {
		t.Errorf("an entry that is over: %v", err)
	}
	m = underWay(t, d, domain.MediationProposed)
	for n := 1; n <= domain.MediationMostProposals; n++ {
		if err := m.Vote(domain.SideSeller, n, false, "", mediationAt); err != nil || m.Status != domain.MediationScheduled {
			t.Fatalf("no to proposal %d: %v, %s", n, err, m.Status)
		}
		err := m.Propose(domain.MediationProposal{Credit: euros(100_00)}, d)
		if (n < domain.MediationMostProposals) != (err == nil) {
			t.Errorf("proposal %d: %v", n+1, err)
		}
	}
	m = underWay(t, d, domain.MediationProposed)
	if err := m.Vote(domain.SideSeller, 1, true, "", mediationAt); kindOf(err) != "invalid" {
		t.Errorf("a credit without a note: %v", err)
	}
	for _, by := range []domain.Side{domain.SideFactor, domain.SideSeller, domain.SideDebtor} {
		if err := m.Vote(by, 1, true, "CN-1", mediationAt); err != nil {
			t.Errorf("the %s accepts: %v", by, err)
		}
	}
	if m.Status != domain.MediationSettled || m.Proposals[0].CreditNumber != "CN-1" {
		t.Errorf("it is %s", m.Status)
	}
}

// TestTheDatesOfAMediation holds F-79: dates are in the future, in order and not far; a party agrees to those it was shown.
func TestTheDatesOfAMediation(t *testing.T) {
	d := disputeOf(domain.DisputeAnswered)
	for want, days := range map[string][3]string{
		"/papers_by in-the-past":    {"2026-03-12", "2026-03-26", "2026-04-02"},
		"/talk_on out-of-order":     {"2026-03-20", "2026-03-19", "2026-04-02"},
		"/proposal_by out-of-order": {"2026-03-20", "2026-03-26", "2026-03-25"},
		"/proposal_by too-far":      {"2026-03-20", "2026-03-26", "2026-05-12"},
		"":                          {"2026-03-13", "2026-03-13", "2026-05-11"},
	} {
		m := underWay(t, d, domain.MediationAppointed)
		err := m.Schedule(dates(days[0], days[1], days[2]), mediationDay)
		got := ""
		if refusal, told := errors.AsType[*domain.Refusal](err); told {
			got = refusal.Fields[0].Pointer + " " + refusal.Fields[0].Code
		}
		if got != want {
			t.Errorf("%v: %q, want %q", days, got, want)
		}
	}
	m := underWay(t, d, domain.MediationAppointed)
	for range 2 {
		if err := m.Schedule(dates("2026-03-20", "2026-03-26", "2026-04-02"), mediationDay); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.AgreeDates(domain.SideDebtor, 1, mediationAt); kindOf(err) != "wrong-state" {
		t.Errorf("dates that were replaced: %v", err)
	}
}

// TestTheClocksOfAMediation holds F-77: what time alone ends, on which business day, across Easter.
func TestTheClocksOfAMediation(t *testing.T) {
	d := disputeOf(domain.DisputeAnswered)
	for status, tc := range map[domain.MediationStatus]struct {
		last string
		next domain.MediationStatus
	}{
		domain.MediationOffered:   {"2026-03-26", domain.MediationLapsed},
		domain.MediationAgreed:    {"2026-04-27", domain.MediationFailed},
		domain.MediationAppointed: {"2026-04-27", domain.MediationFailed},
		domain.MediationScheduled: {"2026-04-20", domain.MediationFailed}, // ten business days after 2 April, without Good Friday and Easter Monday
		domain.MediationProposed:  {"2026-04-20", domain.MediationFailed},
	} {
		m := underWay(t, d, status)
		if last := m.LastDay(german); last != domain.MustDate(tc.last) {
			t.Errorf("%s lasts until %s, want %s", status, last, tc.last)
		}
		if next, _ := m.ByClock(german, domain.MustDate(tc.last)); next != status {
			t.Errorf("on its last day it becomes %s", next)
		}
		if next, why := m.ByClock(german, domain.MustDate(tc.last).Plus(1)); next != tc.next || why == "" {
			t.Errorf("after its last day %s becomes %s: %q", status, next, why)
		}
	}
}

// TestAMediationBlocksLegalSteps holds C-156: none while mediation is offered or under way, and any other state blocks nothing.
func TestAMediationBlocksLegalSteps(t *testing.T) {
	blocking := map[domain.MediationStatus]bool{
		domain.MediationOffered: true, domain.MediationAgreed: true, domain.MediationAppointed: true, domain.MediationScheduled: true, domain.MediationProposed: true,
	}
	for status := range domain.MediationMoves {
		got := domain.MediationBlocksLegalStep([]domain.Mediation{{Status: domain.MediationDeclined}, {Status: status}})
		if got != blocking[status] {
			t.Errorf("%s blocks: %t", status, got)
		}
	}
	if domain.MediationBlocksLegalStep(nil) {
		t.Error("none blocks")
	}
}

// TestADisputeAfterItsMediation holds F-79: it goes back to where it was, or ends as all three accepted.
func TestADisputeAfterItsMediation(t *testing.T) {
	for _, status := range []domain.DisputeStatus{domain.DisputeOpen, domain.DisputeAnswered} {
		d := disputeOf(status)
		if err := errors.Join(d.Mediate(), d.Unmediated()); err != nil || d.Status != status {
			t.Errorf("%s becomes %s: %v", status, d.Status, err)
		}
	}
	for minor, want := range map[int64]domain.DisputeOutcome{0: domain.OutcomePayable, 200_00: domain.OutcomePartCredited, 500_00: domain.OutcomeCredited} {
		d := disputeOf(domain.DisputeAnswered)
		p := domain.MediationProposal{Credit: euros(minor), RootCause: "no inspection", CreditNumber: "CN-1"}
		if err := d.Mediated(p, mediationAt); kindOf(err) != "wrong-state" {
			t.Errorf("without a mediation: %v", err)
		}
		if err := errors.Join(d.Mediate(), d.Mediated(p, mediationAt)); err != nil || d.Outcome != want || d.Credited != p.Credit || d.RootCause == "" {
			t.Errorf("%d: %v, %s", minor, err, d.Outcome)
		}
	}
}
