package collections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// anders is an agency that may be asked.
func anders() domain.Agency {
	return domain.Agency{
		ID: domain.New[domain.AgencyID](), Name: "Anders & Partner", Countries: []string{"US"}, Licence: domain.Licence{ValidUntil: day("2026-12-31")},
		Code: domain.CodeOfConduct{SignedOn: day("2026-01-01"), ValidUntil: day("2026-12-31")},
	}
}

// atTheEnd is the case of story A at the end of the ladder: the formal demand of 22 April named 4 May.
func atTheEnd() domain.CaseFacts {
	f := climbed("did_it_reach_you", "how_it_is_made_up", "new_timeline", "clear_ask", "formal_demand")
	f.Now = at("2026-05-05 10:00")
	return f
}

// announced adds an escalation whose notice was delivered on a day; "" is not.
func announced(f *domain.CaseFacts, noticed string) *domain.Escalation {
	e := domain.Escalation{
		ID: domain.New[domain.EscalationID](), Case: f.Case.ID, AgencyName: "Anders & Partner", Status: domain.EscalationAnnounced, Deals: []domain.DealID{f.Items[0].Deal.ID},
		ProposedAt: f.Now, AnnouncedAt: f.Now,
	}
	if noticed != "" {
		e.NoticedAt = at(noticed)
	}
	f.Escalations = append(f.Escalations, e)
	return &f.Escalations[len(f.Escalations)-1]
}

// TestEverythingThatComesBefore holds F-80, F-81, F-82, C-156, C-157, C-162, C-163, C-164, C-166, C-167, C-168 and D-25 at their edges: each
// thing that has to come before anybody external is asked is a code of its own, and all are told at once.
func TestEverythingThatComesBefore(t *testing.T) {
	type facts = *domain.CaseFacts
	question := domain.Question{Reason: domain.ReasonOther, AskedAt: at("2026-05-05 09:00")}
	tests := map[string]struct {
		change func(facts, *domain.Agency)
		want   string
	}{
		"everything came before":    {func(facts, *domain.Agency) {}, ""},
		"59 days":                   {func(f facts, _ *domain.Agency) { f.Items[0].Deal.Due = day("2026-03-07") }, "not_60_days_late nothing_to_hand_over"},
		"60 days":                   {func(f facts, _ *domain.Agency) { f.Items[0].Deal.Due = day("2026-03-06") }, ""},
		"4 messages":                {func(f facts, _ *domain.Agency) { f.Touches = f.Touches[1:] }, "fewer_than_5_touches"},
		"4 of 5 arrived":            {func(f facts, _ *domain.Agency) { f.Touches[0].Status = domain.TouchFailed }, "fewer_than_5_touches"},
		"no formal demand":          {func(f facts, _ *domain.Agency) { f.Touches[4].Tone = 3 }, "formal_demand_missing nothing_to_hand_over"},
		"the formal demand bounced": {func(f facts, _ *domain.Agency) { f.Touches[4].Status = domain.TouchFailed }, "formal_demand_missing nothing_to_hand_over fewer_than_5_touches"},
		"its day is today":          {func(f facts, _ *domain.Agency) { f.Now = at("2026-05-04 10:00") }, "formal_demand_running"},
		"a word a fortnight ago": {func(f facts, _ *domain.Agency) {
			question.AnsweredAt = f.Now
			q := question
			q.AskedAt = at("2026-04-15 09:00")
			f.Questions = append(f.Questions, q)
		}, "answered_lately"},
		"it looks into it": {func(f facts, _ *domain.Agency) {
			f.Replies = []domain.ReplyFact{{Kind: "human", Acknowledge: true, At: at("2026-04-28 09:00")}}
		}, "answered_lately"},
		"it looked into it 8 days ago": {func(f facts, _ *domain.Agency) {
			f.Replies = []domain.ReplyFact{{Kind: "human", Acknowledge: true, At: at("2026-04-27 09:00")}}
		}, ""},
		"a question waits": {func(f facts, _ *domain.Agency) {
			q := question
			q.AnsweredAt = time.Time{}
			f.Questions = append(f.Questions, q)
		}, "answered_lately question_unanswered"},
		"a dispute": {func(f facts, _ *domain.Agency) {
			f.Disputes = []domain.Dispute{{Deal: f.Items[0].Deal.ID, Status: domain.DisputeAnswered, RaisedAt: at("2026-03-10 10:00")}}
		}, "dispute_open legal_consult_missing"},
		"a dispute long over": {func(f facts, _ *domain.Agency) { f.Disputes = resolvedLongAgo() }, "legal_consult_missing"},
		"and somebody was asked": {func(f facts, _ *domain.Agency) {
			f.Disputes, f.Consults = resolvedLongAgo(), []domain.LegalConsult{{On: day("2026-03-10")}}
		}, ""},
		"asked before it was raised": {func(f facts, _ *domain.Agency) {
			f.Disputes, f.Consults = resolvedLongAgo(), []domain.LegalConsult{{On: day("2026-03-09")}}
		}, "legal_consult_missing"},
		"a person": {func(f facts, _ *domain.Agency) { person(f) }, "legal_consult_missing"},
		"a person who could not check it": {func(f facts, _ *domain.Agency) {
			f.Relationship.LegalType = domain.SoleTrader
		}, "legal_consult_missing validation_running"},
		"nor for long enough": {func(f facts, _ *domain.Agency) {
			f.Relationship.LegalType = domain.SoleTrader
			stated(f, "validation@0", "2026-04-05 10:00")
		}, "legal_consult_missing validation_running"},
		"a promise": {func(f facts, _ *domain.Agency) {
			f.Promises = []domain.Promise{{Deal: domain.New[domain.DealID](), Status: domain.PromiseActive}}
		}, "promise_open"},
		"a plan": {func(f facts, _ *domain.Agency) {
			f.Plans = []domain.Plan{{Deal: domain.New[domain.DealID](), Status: domain.PlanRequested}}
		}, "plan_open"},
		"hardship 90 days ago": {func(f facts, _ *domain.Agency) {
			f.Plans = []domain.Plan{{Deal: domain.New[domain.DealID](), Status: domain.PlanDeclined, Reason: domain.ReasonCashFlow, MadeAt: at("2026-02-04 10:00")}}
		}, "hardship"},
		"it says that it has paid": {func(f facts, _ *domain.Agency) {
			f.Holds = []domain.Hold{{Code: domain.HoldPaidOrPending, Deal: domain.New[domain.DealID](), CreatedAt: at("2026-02-04 10:00")}}
		}, "said_paid"},
		"a pause":   {func(f facts, _ *domain.Agency) { f.Pauses = []domain.Pause{{Side: domain.KindSeller}} }, "paused"},
		"a neutral": {func(f facts, _ *domain.Agency) { f.Mediations = []domain.Mediation{{Status: domain.MediationOffered}} }, "mediation_pending"},
		"nobody's money": {func(f facts, _ *domain.Agency) {
			f.Now = at("2026-05-05 10:00")
			unidentified("Harbor and Pine Hotels", 1)(f)
			f.Unidentified[0].CreatedAt = at("2026-05-05 07:00")
		}, "unapplied_cash_possible"},
		"the bank is silent":            {func(f facts, _ *domain.Agency) { f.Feeds[0].Spans = statements("2026-02-04", "2026-05-01") }, "bank_feed_behind"},
		"a licence that ends today":     {func(_ facts, a *domain.Agency) { a.Licence.ValidUntil = day("2026-05-05") }, ""},
		"a licence that ended":          {func(_ facts, a *domain.Agency) { a.Licence.ValidUntil = day("2026-05-04") }, "agency_licence_expired"},
		"a code that ended":             {func(_ facts, a *domain.Agency) { a.Code.ValidUntil = day("2026-05-04") }, "agency_code_expired"},
		"a code that is signed later":   {func(_ facts, a *domain.Agency) { a.Code.SignedOn = day("2026-05-06") }, "agency_code_expired"},
		"suspended":                     {func(_ facts, a *domain.Agency) { a.SuspendedAt = at("2026-05-04 10:00") }, "agency_suspended"},
		"3 complaints of 59 hand-overs": {func(_ facts, a *domain.Agency) { a.Complaints, a.HandOvers = 3, 59 }, "agency_complaints"},
		"3 complaints of 60":            {func(_ facts, a *domain.Agency) { a.Complaints, a.HandOvers = 3, 60 }, ""},
		"2 complaints of 2":             {func(_ facts, a *domain.Agency) { a.Complaints, a.HandOvers = 2, 2 }, ""},
		"another country":               {func(_ facts, a *domain.Agency) { a.Countries = []string{"CA"} }, "agency_not_in_country"},
		"closed":                        {func(f facts, _ *domain.Agency) { f.Case.Status = domain.CaseClosed }, "case_closed"},
		"given back":                    {func(f facts, _ *domain.Agency) { f.Items[0].Deal.Status = domain.DealChargedBack }, "formal_demand_missing not_60_days_late nothing_to_hand_over"},
	}
	for _, code := range domain.StopCodes() {
		tests["a stop: "+string(code)] = struct {
			change func(facts, *domain.Agency)
			want   string
		}{func(f facts, _ *domain.Agency) { f.Stops = []domain.Stop{{Code: code}} }, string(code)}
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, agency := atTheEnd(), anders()
			tc.change(&f, &agency)
			if got := strings.Join(collections.Before(f, domain.Escalation{Status: domain.EscalationProposed}, agency), " "); got != tc.want {
				t.Errorf("before comes %q, want %q", got, tc.want)
			}
		})
	}
}

// over is a dispute that was raised on 10 March and resolved a day later.
func resolvedLongAgo() []domain.Dispute {
	return []domain.Dispute{{Status: domain.DisputeResolved, RaisedAt: at("2026-03-10 10:00"), ResolvedAt: at("2026-03-11 10:00")}}
}

// TestTenFullDaysLieBetween holds F-81, C-167 and D-25: the day on which the debtor was told does not count, nor does a notice that
// bounced; a word since is in the way, and what it was not told of is not handed over.
func TestTenFullDaysLieBetween(t *testing.T) {
	for _, tc := range []struct{ name, noticed, now, want string }{
		{"9 full days", "2026-05-06 09:30", "2026-05-16 10:00", "prior_notice_missing"},
		{"the last minute of the tenth", "2026-05-06 09:30", "2026-05-16 23:59", "prior_notice_missing"},
		{"10 full days", "2026-05-06 09:30", "2026-05-17 00:00", ""},
		{"it did not arrive", "", "2026-06-01 10:00", "prior_notice_missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := atTheEnd()
			e := announced(&f, tc.noticed)
			f.Now = at(tc.now)
			if got := strings.Join(collections.Before(f, *e, anders()), " "); got != tc.want {
				t.Errorf("before comes %q, want %q", got, tc.want)
			}
		})
	}
	f := atTheEnd()
	e := announced(&f, "2026-05-06 09:30")
	f.Now = at("2026-05-17 10:00")
	f.LastPaidAt = at("2026-05-07 10:00")
	if got := collections.Before(f, *e, anders()); !slices.Contains(got, "answered_since_notice") {
		t.Errorf("a payment since: %v", got)
	}
	f.LastPaidAt = time.Time{}
	other := f.Items[0]
	other.Deal.ID = domain.New[domain.DealID]()
	f.Items = append(f.Items, other)
	for i := range f.Touches {
		f.Touches[i].Items = append(f.Touches[i].Items, other.Deal.ID)
	}
	if got := collections.HandOver(f, *e); !slices.Equal(got, e.Deals) {
		t.Errorf("told of %v, handed over %v", e.Deals, got)
	}
}

// TestAWordEndsIt holds F-81, C-156, C-167, D-25 and the state machine of escalations: whatever the debtor says or pays while it was told ends the
// announcement by itself; once somebody was asked, a question and a part payment do not, and everything else calls them back.
func TestAWordEndsIt(t *testing.T) {
	type facts = *domain.CaseFacts
	later := at("2026-05-08 10:00")
	tests := map[string]struct {
		change            func(facts)
		announced, handed domain.EscalationCause
	}{
		"nothing":         {func(facts) {}, "", ""},
		"we look into it": {func(f facts) { f.Replies = []domain.ReplyFact{{Kind: "human", Acknowledge: true, At: later}} }, "", ""},
		"a question":      {func(f facts) { f.Questions = []domain.Question{{AskedAt: later}} }, domain.CauseQuestion, ""},
		"hardship":        {func(f facts) { f.Questions = []domain.Question{{AskedAt: later, Reason: domain.ReasonCashFlow}} }, domain.CauseHardship, domain.CauseHardship},
		"a promise":       {func(f facts) { f.Promises = []domain.Promise{{MadeAt: later, Status: domain.PromiseActive}} }, domain.CausePromise, domain.CausePromise},
		"a plan":          {func(f facts) { f.Plans = []domain.Plan{{MadeAt: later, Status: domain.PlanRequested}} }, domain.CausePlan, domain.CausePlan},
		"a dispute":       {func(f facts) { f.Disputes = []domain.Dispute{{RaisedAt: later, Status: domain.DisputeOpen}} }, domain.CauseDispute, domain.CauseDispute},
		"we have paid":    {func(f facts) { f.Holds = []domain.Hold{{Code: domain.HoldPaidOrPending, CreatedAt: later}} }, domain.CausePaid, domain.CausePaid},
		"a part":          {func(f facts) { f.LastPaidAt = later }, domain.CausePartPaid, ""},
		"all of it":       {func(f facts) { f.LastPaidAt, f.Items[0].Deal.Open = later, usd(0) }, domain.CausePaid, domain.CausePaid},
		"given back":      {func(f facts) { f.Items[0].Deal.Status = domain.DealChargedBack }, domain.CauseGivenBack, domain.CauseGivenBack},
		"a complaint":     {func(f facts) { f.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, domain.CauseComplaint, domain.CauseComplaint},
		"a lawyer":        {func(f facts) { f.Stops = []domain.Stop{{Code: domain.StopRepresented}} }, domain.CauseStop, domain.CauseStop},
		"a neutral":       {func(f facts) { f.Mediations = []domain.Mediation{{Status: domain.MediationOffered}} }, domain.CauseMediation, domain.CauseMediation},
		"insolvency": {func(f facts) {
			f.Protective = []domain.ProtectiveStep{{Status: domain.ProtectiveApproved, Ground: domain.GroundInsolvency}}
		}, domain.CauseInsolvency, domain.CauseInsolvency},
		"45 days":         {func(f facts) { f.Now = at("2026-06-19 10:00") }, "", ""},
		"46 days":         {func(f facts) { f.Now = at("2026-06-20 10:00") }, domain.CauseLapsed, ""},
		"it did not come": {func(f facts) { f.Escalations[0].NoticedAt = time.Time{} }, "", domain.CauseNotTold},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := atTheEnd()
			e := announced(&f, "2026-05-06 09:30")
			f.Now = later.Add(time.Minute)
			tc.change(&f)
			if got := collections.Ended(f, *e); got != tc.announced {
				t.Errorf("announced: it ends with %q, want %q", got, tc.announced)
			}
			e.Status, e.HandedAt = domain.EscalationHandedOver, at("2026-05-07 10:00")
			if got := collections.Ended(f, *e); got != tc.handed {
				t.Errorf("handed over: it ends with %q, want %q", got, tc.handed)
			}
		})
	}
}

// TestNothingIsStartedMeanwhile holds F-81 and C-166: from the announcement on the ladder rests, in the plan and at the gate; what the
// debtor waits for still leaves.
func TestNothingIsStartedMeanwhile(t *testing.T) {
	f := atTheEnd()
	e := announced(&f, "2026-05-06 09:30")
	f.Touches = append(f.Touches, domain.Touch{
		ID: domain.New[domain.TouchID](), Cycle: 1, Step: "outside:" + e.ID.String(), Class: domain.ClassPriorNotice, Status: domain.TouchSent, ClaimedAt: e.NoticedAt, SentAt: e.NoticedAt,
	})
	for status, want := range map[domain.EscalationStatus]string{
		domain.EscalationAnnounced: "the debtor's word, until 16 May 2026", domain.EscalationHandedOver: "Anders & Partner, which was asked on 18 May 2026",
	} {
		e.Status, e.HandedOn = status, day("2026-05-18")
		f.Now = at("2026-05-12 10:00")
		plan := collections.Next(f)
		if plan.Act != nil || plan.Reason != want {
			t.Errorf("%s: next is %+v, it waits for %q", status, plan.Act, plan.Reason)
		}
		for _, step := range plan.Steps {
			if strings.HasPrefix(step, "post_due") || strings.HasPrefix(step, "pre_due") {
				t.Errorf("%s: %s is planned", status, step)
			}
		}
		for class, codes := range map[domain.MessageClass]string{domain.ClassReminder: "awaiting_human", domain.ClassCall: "awaiting_human", domain.ClassAnswer: "", domain.ClassReceipt: ""} {
			act := collections.Act{Step: "x:1", Class: class, Items: e.Deals, People: 0}
			if got := strings.Join(collections.Gate(f, act).Codes, " "); !strings.Contains(got, codes) || codes == "" && got != "" {
				t.Errorf("%s: a %s meets %q, want %q", status, class, got, codes)
			}
		}
	}
}

// TestTheLetterBefore shows the letters about somebody external and about a step that keeps a right as they are read (F-81, C-160, C-167, D-25):
// who, when at the earliest, what to do instead, and nothing that a mild letter may not say.
func TestTheLetterBefore(t *testing.T) {
	f := told()
	f.Now, f.KnownSince = at("2026-05-06 09:30"), day("2025-01-15")
	announced(&f, "")
	e := f.Escalations[0]
	s := &scene{f, collections.Act{Step: "outside:" + e.ID.String(), Class: domain.ClassPriorNotice, Template: "outside_notice", Items: e.Deals, Outside: e.ID}}
	letter := s.write(t)
	says(t, "the letter", letter, []string{
		"Anders & Partner", "not before Sunday 17 May 2026", "until Saturday 16 May 2026", "USD 10,000.00", "nobody else is asked", "a plan in parts", "ask for a call",
	}, "a court", "lawyer", "legal", "consequence", "must", "final", "debt")
	if findings := letter.Lint(s.act.Class, 0); len(findings) > 0 {
		t.Errorf("lint: %s", strings.Join(findings, "\n"))
	}
	golden(t, "letter_outside_notice", letter.Subject+"\n\n"+letter.Text)
	for _, kind := range domain.ProtectiveKinds() {
		p := domain.ProtectiveStep{
			ID: domain.New[domain.ProtectiveID](), Deal: f.Items[0].Deal.ID, Status: domain.ProtectiveApproved, Kind: kind, Ground: domain.GroundDeadline, Deadline: day("2026-05-20"),
			Meaning: "A register shows that the menus are not paid yet. It is taken out when they are.",
		}
		s.Protective = []domain.ProtectiveStep{p}
		s.act = collections.Act{Step: "protective:" + p.ID.String(), Class: domain.ClassProtective, Template: "protective_step", Items: []domain.DealID{p.Deal}, Protective: p.ID}
		letter := s.write(t)
		if findings := letter.Lint(s.act.Class, 0); len(findings) > 0 {
			t.Errorf("%s: lint: %s", kind, strings.Join(findings, "\n"))
		}
		says(t, "the step", letter, []string{"asks nothing of you", "keeps a right which would end on Wednesday 20 May 2026", "A register shows"}, "pay by", "must", "court")
		if kind == domain.LienNotice {
			golden(t, "letter_protective_step", letter.Subject+"\n\n"+letter.Text)
		}
	}
}

// TestAStepThatKeepsARightLeavesUnderALegalStop holds D-25 and D-19: two people agreed to the step, so the letter about it leaves where a
// legal stop binds everything else; in the debtor's hours.
func TestAStepThatKeepsARightLeavesUnderALegalStop(t *testing.T) {
	f := told()
	f.Now = at("2026-03-20 07:00")
	f.Stops = []domain.Stop{{Code: domain.StopLegal}}
	p := domain.ProtectiveStep{ID: domain.New[domain.ProtectiveID](), Deal: f.Items[0].Deal.ID, Status: domain.ProtectiveApproved, Kind: domain.LienNotice}
	f.Protective = []domain.ProtectiveStep{p}
	plan := collections.Next(f)
	if plan.Act != nil || !plan.At.Equal(at("2026-03-20 08:00")) {
		t.Fatalf("before the hours: %+v at %s", plan.Act, plan.At)
	}
	f.Now = plan.At
	if plan = collections.Next(f); plan.Act == nil || plan.Act.Class != domain.ClassProtective {
		t.Fatalf("in the hours: %+v", plan.Act)
	}
	if v := collections.Gate(f, *plan.Act); !v.Clear {
		t.Errorf("the gate: %v", v.Codes)
	}
	f.Stops = append(f.Stops, domain.Stop{Code: domain.StopSanctions})
	if v := collections.Gate(f, *plan.Act); v.Clear {
		t.Error("a sanctions hold lets it pass")
	}
}

// TestWhatStopsALetterAboutSomebodyExternal holds D-19 and D-25: both letters are notices, which keep hours, one message a day and the ceiling, and
// leave whatever channel was opted out of; the one before anybody external is asked needs the bank's word too, and no stop at all.
func TestWhatStopsALetterAboutSomebodyExternal(t *testing.T) {
	type facts = *domain.CaseFacts
	tests := map[string]struct {
		change             func(facts)
		before, protective string // the codes
	}{
		"nothing":             {func(facts) {}, "", ""},
		"at night":            {func(f facts) { f.Now = at("2026-03-09 22:00") }, "outside_hours", "outside_hours"},
		"a message today":     {func(f facts) { made(f, 0, domain.Contact{Own: true, Daily: true}) }, "one_per_day", "one_per_day"},
		"seven in seven days": {func(f facts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") }, "ceiling_7_in_7", "ceiling_7_in_7"},
		"three days ago":      {func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-06 09:30")} }, "", ""},
		"no e-mail":           {func(f facts) { f.Preferences.OptedOut = []domain.Channel{domain.ChannelEmail} }, "", ""},
		"no address":          {func(f facts) { f.Relationship.Email = "" }, "no_usable_channel", "no_usable_channel"},
		"no statement":        {func(f facts) { f.Feeds = nil }, "bank_feed_behind", ""},
		"money of nobody":     {unidentified("Harbor and Pine Hotels", 1), "unapplied_cash_possible", ""},
		"given back":          {func(f facts) { f.Items[0].Deal.Status = domain.DealChargedBack }, "not_ours", ""},
		"a legal stop":        {stopped(domain.StopLegal), "legal_stop", ""},
		"represented":         {stopped(domain.StopRepresented), "represented", ""},
		"a complaint":         {stopped(domain.StopComplaint), "complaint_open", ""},
		"sanctions":           {stopped(domain.StopSanctions), "sanctions_hold", "sanctions_hold"},
	}
	for name, tc := range tests {
		for class, want := range map[domain.MessageClass]string{domain.ClassPriorNotice: tc.before, domain.ClassProtective: tc.protective} {
			f, act := overdueA()
			tc.change(&f)
			act.Class, act.Step, act.Tone = class, "x:1", 0
			if got := strings.Join(collections.Gate(f, act).Codes, " "); got != want {
				t.Errorf("%s: a %s meets %q, want %q", name, class, got, want)
			}
		}
	}
}
