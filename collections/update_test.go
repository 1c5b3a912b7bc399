package collections_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

func pounds(minor int64) money.Amount { return money.Minor(minor, "GBP") }

// changed is a case in which something changed for the debtor.
func changed(kind domain.UpdateKind) domain.CaseFacts {
	f := storyA()
	f.Now = at("2026-03-12 20:15") // an answer leaves at any hour
	deal := &f.Items[0].Deal
	f.Items[0].NoticeAt = at("2026-02-05 10:02")
	dispute := domain.Dispute{
		ID: domain.New[domain.DisputeID](), Case: f.Case.ID, Deal: deal.ID, Status: domain.DisputeOpen, Amount: usd(180_000), Reason: domain.DisputeDamaged,
		Said: "Three boxes were wet; see the photographs <img src=x>", Remedy: "a credit, or three new boxes", RaisedAt: at("2026-03-12 11:20"),
		Offered: usd(120_000), Credited: usd(0),
	}
	plan := domain.Plan{
		ID: domain.New[domain.PlanID](), Case: f.Case.ID, Deal: deal.ID, Status: domain.PlanRequested, Reason: domain.ReasonCashFlow, Said: "the council pays us late",
		Total: usd(1_000_000), OpenBefore: usd(1_000_000), Instalments: collections.EqualInstalments(usd(1_000_000), 3, day("2026-03-27"), 14), MadeAt: at("2026-03-12 11:20"),
		AnswerBy: day("2026-03-19"), Note: "we need the half of it in March",
	}
	recourse := domain.Recourse{ID: domain.New[domain.RecourseID](), Deal: deal.ID, Status: domain.RecourseExercised, Part: usd(180_000), Claim: usd(50_000), Paid: usd(0)}
	u := domain.Update{ID: domain.New[domain.UpdateID](), Case: f.Case.ID, Deal: deal.ID, Kind: kind, At: f.Now}
	switch kind {
	case domain.UpdateDisputeRaised, domain.UpdateDisputeAnswered, domain.UpdateDisputeResolved:
		u.Subject = dispute.ID.UUID
		if kind != domain.UpdateDisputeRaised {
			dispute.Status, dispute.Position, dispute.AnsweredAt = domain.DisputeAnswered, domain.PositionPartly, at("2026-03-12 15:00")
			dispute.Answer = "two boxes were ours, and we credit them; one was left in the rain"
		}
		if kind == domain.UpdateDisputeResolved {
			dispute.Status, dispute.Outcome, dispute.Credited, dispute.CreditNumber = domain.DisputeResolved, domain.OutcomePartCredited, usd(120_000), "CN-0387"
			dispute.ResolvedAt, deal.Open = at("2026-03-12 16:00"), usd(880_000)
		}
		f.Disputes = []domain.Dispute{dispute}
	case domain.UpdatePlanRequested, domain.UpdatePlanOffered, domain.UpdatePlanActive, domain.UpdatePlanDeclined:
		u.Subject = plan.ID.UUID
		plan.Status = map[domain.UpdateKind]domain.PlanStatus{
			domain.UpdatePlanRequested: domain.PlanRequested, domain.UpdatePlanOffered: domain.PlanOffered,
			domain.UpdatePlanActive: domain.PlanActive, domain.UpdatePlanDeclined: domain.PlanDeclined,
		}[kind]
		f.Plans = []domain.Plan{plan}
	case domain.UpdateGivenBack, domain.UpdateReleased:
		u.Subject = recourse.ID.UUID
		deal.Status, deal.Open = domain.DealChargedBack, usd(0)
		if kind == domain.UpdateReleased {
			recourse.Status, f.Now = domain.RecourseReassigned, at("2026-03-13 09:10")
		}
		f.Recourses = []domain.Recourse{recourse}
	case domain.UpdateMediationOffered, domain.UpdateMediationAppointed, domain.UpdateMediationDates, domain.UpdateMediationProposal, domain.UpdateMediationEnded:
		m := mediationIn(kind, dispute)
		u.Subject, dispute.Status = m.ID.UUID, domain.DisputeMediation
		f.Disputes, f.Mediations = []domain.Dispute{dispute}, []domain.Mediation{m}
	}
	f.Updates = []domain.Update{u}
	return f
}

// mediationIn is a mediation of a dispute as a debtor is told of it.
func mediationIn(kind domain.UpdateKind, d domain.Dispute) domain.Mediation {
	m := domain.Mediation{
		ID: domain.New[domain.MediationID](), Dispute: d.ID, Case: d.Case, Deal: d.Deal, OfferedAt: at("2026-03-12 10:00"), AnswerBy: day("2026-03-26"), BeginBy: day("2026-04-23"),
		Status: map[domain.UpdateKind]domain.MediationStatus{
			domain.UpdateMediationOffered: domain.MediationOffered, domain.UpdateMediationAppointed: domain.MediationAppointed, domain.UpdateMediationDates: domain.MediationAppointed,
			domain.UpdateMediationProposal: domain.MediationProposed, domain.UpdateMediationEnded: domain.MediationFailed,
		}[kind],
	}
	if kind == domain.UpdateMediationOffered {
		return m
	}
	m.Mediator, m.MediatorName = domain.New[domain.OrganizationID](), "Fairway Dispute Resolution"
	m.Timetable = &domain.Timetable{N: 1, PapersBy: day("2026-03-20"), TalkOn: day("2026-03-26"), ProposalBy: day("2026-04-02")}
	m.Proposals = []domain.MediationProposal{{N: 1, Credit: usd(150_000), Reasons: "one box may have been wet on arrival; pay to 4410023317 it does not say"}}
	return m
}

// passed writes a letter that the gate and the lint let pass.
func passed(t *testing.T, f domain.CaseFacts, act *collections.Act) collections.Letter {
	t.Helper()
	verdict := collections.Gate(f, *act)
	if !verdict.Clear {
		t.Fatalf("the gate refuses: %v", verdict.Codes)
	}
	letter, err := collections.Write(f, *act, verdict)
	if err != nil {
		t.Fatal(err)
	}
	if findings := letter.Lint(act.Class, act.Tone); len(findings) > 0 {
		t.Errorf("lint: %s", strings.Join(findings, "\n"))
	}
	return letter
}

// TestACreditOfWhatWasPaidIsTheSellersToReturn holds D-12: who had paid what was then agreed to be credited reads that the
// seller returns it, and is asked for nothing.
func TestACreditOfWhatWasPaidIsTheSellersToReturn(t *testing.T) {
	f := changed(domain.UpdateDisputeResolved)
	f.Disputes[0].Credited, f.Items[0].Deal.Open = usd(20_000), usd(0)
	done, err := collections.Look(f, f.Now)
	if err != nil || done.Touch == nil {
		t.Fatalf("no letter: %v", err)
	}
	text := strings.Join(strings.Fields(done.Touch.Text), " ")
	for word, want := range map[string]bool{
		"USD 200.00 of invoice MP-1042 is credited": true, "USD 1,000.00 of what was agreed you had paid already: Marlow Print Works LLC has that money, and returns it to you": true,
		"Nothing more is due on it": true, "now stands at": false, "It is paid as before": false, "another day": false,
	} {
		if strings.Contains(text, word) != want {
			t.Errorf("%q: want %t\n%s", word, want, text)
		}
	}
}

// TestLettersAboutWhatChanged holds C-139, C-143, C-144, C-151, C-158, C-183 and F-76: each change is told in one letter, at any hour but for
// the release, which is a notice; its words pass the lint, and it is told once.
func TestLettersAboutWhatChanged(t *testing.T) {
	for _, kind := range domain.UpdateKinds() {
		t.Run(string(kind), func(t *testing.T) {
			f := changed(kind)
			plan := collections.Next(f)
			if plan.Act == nil {
				t.Fatalf("nothing is said: %+v", plan)
			}
			letter := passed(t, f, plan.Act)
			if strings.Contains(letter.HTML, "<img src=x>") || strings.Contains(letter.Text, "4410023317") {
				t.Errorf("the letter carries what it must not:\n%s", letter.HTML)
			}
			golden(t, "letter_update_"+string(kind), letter.Subject+"\n\n"+letter.Text)
			f.Touches = []domain.Touch{{ID: domain.New[domain.TouchID](), Case: f.Case.ID, Cycle: 7, Step: plan.Act.Step, Class: plan.Act.Class, Status: domain.TouchSent, SentAt: f.Now, ClaimedAt: f.Now}}
			if again := collections.Next(f); again.Act != nil && again.Act.Step == plan.Act.Step {
				t.Error("it is told twice")
			}
		})
	}
}

// TestWhoWaitsIsTold holds C-152 and D-10: an answer that was promised and is late is owned up to,
// once, on the first business day after; the seller is asked again; nothing else changes. It holds F-77.
func TestWhoWaitsIsTold(t *testing.T) {
	tests := map[string]struct {
		kind   domain.UpdateKind
		change func(*domain.CaseFacts)
		early  string
		late   string
		event  string
		says   string
	}{
		"a seller's answer": {domain.UpdateDisputeRaised, func(*domain.CaseFacts) {}, "2026-03-19 20:00", "2026-03-20 09:30", "dispute.answer_late", "We are sorry, and have asked again"},
		"our own word":      {domain.UpdatePlanRequested, func(*domain.CaseFacts) {}, "2026-03-16 20:00", "2026-03-17 09:30", "", "It takes us longer than it should"},
		"a seller's consent": {domain.UpdatePlanRequested, func(f *domain.CaseFacts) {
			f.Plans[0].Status, f.Plans[0].ProposedAt, f.Plans[0].ApprovedAt = domain.PlanProposed, at("2026-03-13 10:00"), at("2026-03-13 11:00")
		}, "2026-03-17 20:00", "2026-03-18 09:30", "plan.consent_late", "are waiting for Marlow Print Works LLC"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := changed(tc.kind)
			f.Updates = nil
			tc.change(&f)
			f.Holds = []domain.Hold{{Case: f.Case.ID, Deal: f.Items[0].Deal.ID, Code: domain.HoldQuery, CauseKind: "plan"}}
			f.Now = at(tc.early)
			if plan := collections.Next(f); plan.Act != nil {
				t.Fatalf("too early: %+v", plan.Act)
			}
			done, err := collections.Look(f, at(tc.late))
			if err != nil || done.Touch == nil {
				t.Fatalf("nothing is said: %v %+v", err, done.Gate)
			}
			if !strings.Contains(strings.Join(strings.Fields(done.Touch.Text), " "), tc.says) {
				t.Errorf("it says\n%s", done.Touch.Text)
			}
			if asked := strings.Contains(strings.Join(done.Said, "\n"), "your"); asked != (tc.event != "") {
				t.Errorf("the seller is asked: %t: %v", asked, done.Said)
			}
			golden(t, "letter_waits_"+strings.ReplaceAll(strings.ReplaceAll(name, " ", "_"), "'", ""), done.Touch.Subject+"\n\n"+done.Touch.Text)
			again, err := collections.Look(done.Facts, at("2026-03-25 09:30"))
			if err != nil || again.Touch != nil {
				t.Errorf("it is said twice: %v %+v", err, again.Touch)
			}
		})
	}
}

// TestASettlementSaysWhatIsForgiven holds C-141: the offer and its copy name the sum and the day on which it hangs.
func TestASettlementSaysWhatIsForgiven(t *testing.T) {
	for _, kind := range []domain.UpdateKind{domain.UpdatePlanOffered, domain.UpdatePlanActive} {
		f := changed(kind)
		f.Plans[0].Forgiven, f.Plans[0].Instalments = usd(100_000), collections.EqualInstalments(usd(900_000), 1, day("2026-03-27"), 14)
		plan := collections.Next(f)
		letter, err := collections.Write(f, *plan.Act, collections.Gate(f, *plan.Act))
		if err != nil {
			t.Fatal(err)
		}
		if findings := letter.Lint(plan.Act.Class, plan.Act.Tone); len(findings) > 0 {
			t.Errorf("lint: %s", strings.Join(findings, "\n"))
		}
		says(t, string(kind), letter, []string{"When this is paid by Friday 27 March 2026, the other USD 1,000.00 of the invoice is not asked of you any more."})
	}
}

// planned is story A with a plan in force.
func planned(status domain.PlanStatus) domain.CaseFacts {
	f := changed(domain.UpdatePlanActive)
	f.Updates, f.Plans[0].Status = nil, status
	f.Holds = []domain.Hold{{ID: domain.New[domain.HoldID](), Case: f.Case.ID, Deal: f.Items[0].Deal.ID, Code: domain.HoldPlan, Amount: usd(1_000_000), CauseKind: "plan", Cause: f.Plans[0].ID.UUID}}
	f.Feeds[0].Spans = statements("2026-02-04", "2026-03-24")
	f.Now = at("2026-03-25 09:30")
	return f
}

// TestAnInstalmentIsNamedTwoBusinessDaysBefore holds D-19 and F-73: the agreed word leaves two
// business days before each date at 09:30, says what is still to come of it, passes a gap that a
// reminder would not, counts for the ceiling, and rests for a complaint.
func TestAnInstalmentIsNamedTwoBusinessDaysBefore(t *testing.T) {
	f := planned(domain.PlanActive)
	f.Touches = []domain.Touch{{Case: f.Case.ID, Cycle: 1, Step: "post_due:1", Class: domain.ClassReminder, Tone: 1, Status: domain.TouchSent, SentAt: at("2026-03-23 09:30"), ClaimedAt: at("2026-03-23 09:30"), Items: []domain.DealID{f.Items[0].Deal.ID}}}
	plan := collections.Next(f)
	if plan.Act == nil || plan.Act.Class != domain.ClassInstalment {
		t.Fatalf("next is %+v", plan)
	}
	letter := passed(t, f, plan.Act)
	golden(t, "letter_instalment", letter.Subject+"\n\n"+letter.Text)
	for code, stops := range map[domain.StopCode]bool{domain.StopComplaint: true, domain.StopLegal: true, domain.StopRepresented: true, domain.StopProof: true, domain.StopCease: true} {
		stopped := f
		stopped.Stops = []domain.Stop{{Code: code}}
		if got := collections.Gate(stopped, *plan.Act); got.Clear == stops {
			t.Errorf("%s: clear is %t", code, got.Clear)
		}
	}
	early := f
	early.Now = at("2026-03-24 20:00")
	if plan := collections.Next(early); plan.Act != nil || !plan.At.Equal(at("2026-03-25 09:30")) {
		t.Errorf("on the day before: %+v", plan)
	}
	paid := f
	paid.Items = append([]domain.CaseItem(nil), f.Items...)
	paid.Items[0].Deal.Open = usd(600_000) // the first was 3,333.34
	if plan := collections.Next(paid); plan.Act != nil {
		t.Errorf("what is there already is named: %+v", plan.Act)
	}
}

// TestAPlanIsJudgedByTheBank: kept, broken five business days after a missing instalment and not
// before, what is disputed is not missing, and no reminder leaves while it is current. It holds F-73.
func TestAPlanIsJudgedByTheBank(t *testing.T) {
	business := domain.BusinessDays("GB")
	p := domain.Plan{Status: domain.PlanActive, Total: pounds(1_080_000), OpenBefore: pounds(1_080_000), Instalments: collections.EqualInstalments(pounds(1_080_000), 4, day("2026-05-22"), 14)}
	tests := map[string]struct {
		open, disputed int64
		through        string
		want           domain.PlanStatus
	}{
		"before the first date":                 {1_080_000, 0, "2026-05-21", domain.PlanActive},
		"missing for four business days":        {1_080_000, 0, "2026-05-29", domain.PlanActive},
		"missing for five business days":        {1_080_000, 0, "2026-06-01", domain.PlanBroken}, // 25 May is a holiday
		"a part is missing":                     {900_000, 0, "2026-06-01", domain.PlanBroken},
		"the first is there":                    {810_000, 0, "2026-06-01", domain.PlanActive},
		"what is missing is disputed":           {1_080_000, 270_000, "2026-06-01", domain.PlanActive},
		"paid sooner":                           {0, 0, "2026-05-25", domain.PlanKept},
		"the rest of the last one is disputed":  {80_000, 80_000, "2026-07-03", domain.PlanKept},
		"the rest is disputed, and it runs on":  {80_000, 80_000, "2026-07-02", domain.PlanActive},
		"the rest of the last one is not there": {80_000, 0, "2026-07-10", domain.PlanBroken},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, disputes := domain.Deal{Open: pounds(tc.open)}, []domain.Dispute(nil)
			if tc.disputed > 0 {
				disputes = []domain.Dispute{{Amount: pounds(tc.disputed), RaisedAt: at("2026-05-20 10:00"), Status: domain.DisputeOpen}}
			}
			if got := collections.JudgePlan(p, d, disputes, day(tc.through), business, time.UTC); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
	judge := func(open int64, through string, dispute domain.Dispute) domain.PlanStatus {
		of := p
		of.ProposedAt, of.OpenBefore = at("2026-05-11 10:00"), pounds(1_200_000)
		dispute.Amount, dispute.RaisedAt = pounds(120_000), at("2026-05-01 10:00")
		return collections.JudgePlan(of, domain.Deal{Open: pounds(open)}, []domain.Dispute{dispute}, day(through), business, time.UTC)
	}
	disputed := domain.Dispute{Status: domain.DisputeOpen}
	credited := domain.Dispute{Status: domain.DisputeResolved, Outcome: domain.OutcomeCredited, Credited: pounds(120_000), ResolvedAt: at("2026-05-20 10:00")}
	payable := domain.Dispute{Status: domain.DisputeResolved, Outcome: domain.OutcomePayable, Credited: pounds(0), ResolvedAt: at("2026-05-20 10:00")}
	for name, tc := range map[string]struct{ got, want domain.PlanStatus }{
		"a part was disputed before, and no instalment is paid by it": {judge(1_050_000, "2026-06-01", disputed), domain.PlanBroken},
		"and the first is there":                         {judge(930_000, "2026-06-01", disputed), domain.PlanActive},
		"it was credited, and the last is missing":       {judge(120_000, "2026-07-10", credited), domain.PlanBroken},
		"it was credited, and all is there":              {judge(0, "2026-07-03", credited), domain.PlanKept},
		"it is payable, which is no missed instalment":   {judge(930_000, "2026-06-01", payable), domain.PlanActive},
		"it is payable, and the plan is kept without it": {judge(120_000, "2026-07-03", payable), domain.PlanKept},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %s, want %s", name, tc.got, tc.want)
		}
	}
	late := domain.Deal{Open: pounds(0), PaidInFull: day("2026-08-03")}
	if got := collections.JudgePlan(p, late, nil, day("2026-08-03"), business, time.UTC); got != domain.PlanBroken {
		t.Errorf("paid a month late, and known at once: %s", got)
	}
	current := planned(domain.PlanActive)
	current.Now, current.Touches = at("2026-03-30 09:30"), nil
	if plan := collections.Next(current); plan.Act != nil && plan.Act.Class == domain.ClassReminder {
		t.Errorf("a current plan is reminded: %+v", plan.Act)
	}
}

// TestTheSheetOfStoryB holds C-132, C-134, D-10 and F-74: before anybody agrees, the sheet says the recourse day, the
// fee with and without, who bears it, and what the seller gets or owes, to the cent.
func TestTheSheetOfStoryB(t *testing.T) {
	none := pounds(0)
	file := domain.DealFile{
		Factor: domain.Organization{Country: "GB", TimeZone: "Europe/London"},
		Deal: domain.Deal{
			Basis: pounds(1_200_000), Advance: pounds(960_000), Reserve: pounds(240_000), ReserveUsed: pounds(120_000), Credited: pounds(120_000), Open: pounds(1_080_000),
			Fee: domain.FeeTerms{FirstDays: 30, FirstRate: money.Percent(3), StepDays: 10, StepRate: money.Percent(1)}, RecourseDays: 90, FundingDate: day("2026-03-05"), Due: day("2026-04-01"), Envelope: domain.UsualEnvelope,
			Moves: []domain.Move{
				{On: day("2026-04-08"), Open: none, Disputed: pounds(180_000)}, {On: day("2026-04-21"), Open: pounds(-120_000), Disputed: pounds(-180_000)},
			},
		},
	}
	p := domain.Plan{Total: pounds(1_080_000), Instalments: collections.EqualInstalments(pounds(1_080_000), 4, day("2026-05-22"), 14), FactorShare: money.MustRate("0.5"), RecourseFrom: day("2026-06-03"), Forgiven: none, FactorForgives: none}
	s := collections.SheetOf(file, p, domain.BusinessDays("GB"))
	got := fmt.Sprint(s.Inside, s.RecourseBefore, s.RecourseAfter, s.FeeBefore.Decimal(), s.FeeAfter.Decimal(), s.FeeExtra.Decimal(), s.SellerBears.Decimal(), s.FactorBears.Decimal(), s.SellerBefore.Decimal(), s.SellerAfter.Decimal())
	if want := fmt.Sprint(false, day("2026-06-03"), day("2026-07-17"), "1014.00", "1149.00", "162.00", "81.00", "81.00", "-10614.00", "132.00"); got != want {
		t.Errorf("the sheet says\n%s, want\n%s", got, want)
	}
}

// TestEqualInstalments holds C-129 and C-131: instalments sum to the whole by largest remainder, and a
// month's end stays one.
func TestEqualInstalments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 24).Draw(t, "count")
		total := usd(rapid.Int64Range(int64(count), 1_000_000_00).Draw(t, "total"))
		list := collections.EqualInstalments(total, count, day("2026-01-31"), rapid.SampledFrom([]int{0, 7, 14, 30}).Draw(t, "every"))
		sum := usd(0)
		for i, one := range list {
			sum = sum.Plus(one.Amount)
			if i > 0 && (!list[i-1].DueOn.Before(one.DueOn) || list[i-1].Amount.Less(one.Amount) || list[i-1].Amount.Minus(one.Amount).Units() > 1) {
				t.Fatalf("%v after %v", one, list[i-1])
			}
		}
		if sum != total {
			t.Fatalf("they sum to %s", sum)
		}
	})
	list := collections.EqualInstalments(usd(300), 3, day("2026-01-31"), 0)
	if list[1].DueOn != day("2026-02-28") || list[2].DueOn != day("2026-03-31") {
		t.Errorf("months after 31 January: %s, %s", list[1].DueOn, list[2].DueOn)
	}
}

// TestThePlanOfAPerson holds D-27: with a natural person in the United Kingdom a plan has at most
// twelve instalments, the last within twelve months less a day; others have more room.
func TestThePlanOfAPerson(t *testing.T) {
	total, today := pounds(1_200_000), day("2026-05-11")
	tests := map[string]struct {
		count   int
		profile collections.Protection
		good    bool
	}{
		"a company, 24":           {24, collections.ProtectionNone, true},
		"a company, 25":           {25, collections.ProtectionNone, false},
		"a person, 12 in a year":  {12, collections.ProtectionUK, true},
		"a person, 13":            {13, collections.ProtectionUK, false},
		"a person elsewhere, 13":  {13, collections.ProtectionEU, true},
		"nobody takes no plan":    {0, collections.ProtectionNone, false},
		"one payment on one date": {1, collections.ProtectionUK, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var list []domain.Instalment
			if tc.count > 0 {
				list = collections.EqualInstalments(total, tc.count, day("2026-05-22"), 0)
			}
			if err := collections.CheckSchedule(list, total, today, tc.profile); (err == nil) != tc.good {
				t.Errorf("%v", err)
			}
		})
	}
	late := collections.EqualInstalments(total, 12, day("2026-06-12"), 0)
	if err := collections.CheckSchedule(late, total, today, collections.ProtectionUK); err == nil {
		t.Errorf("the last instalment of a person is a year and more away: %s", late[11].DueOn)
	}
	wrong := collections.EqualInstalments(total, 2, day("2026-05-22"), 14)
	wrong[0].DueOn, wrong[1].DueOn = wrong[1].DueOn, wrong[0].DueOn
	if err := collections.CheckSchedule(wrong, total, today, collections.ProtectionNone); err == nil {
		t.Error("days that do not follow each other are taken")
	}
	if err := collections.CheckSchedule(wrong[:1], total, today, collections.ProtectionNone); err == nil {
		t.Error("a half of what is open is taken for the whole")
	}
}
