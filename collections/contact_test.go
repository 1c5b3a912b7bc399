package collections_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"comity/collections"
	"comity/domain"
	"comity/money"
)

// ringable is overdueA with a debtor whom a person may ring.
func ringable() (domain.CaseFacts, collections.Act) {
	f, act := overdueA()
	f.Relationship.Phone, f.Relationship.LegalType = "+1 212 555 0142", domain.Company
	f.Preferences.Prefers = domain.ChannelPhone
	return f, act
}

var everyClass = []domain.MessageClass{
	domain.ClassAnswer, domain.ClassCall, domain.ClassHeadsUp, domain.ClassLegalNotice, domain.ClassReceipt, domain.ClassReminder, domain.ClassThankYou,
}

// made is a contact some days ago.
func made(f *domain.CaseFacts, days int, c domain.Contact) {
	c.At = f.Now.AddDate(0, 0, -days)
	f.Contacts = append(f.Contacts, c)
}

func inHardship(f *domain.CaseFacts) {
	f.Questions = append(f.Questions, domain.Question{Reason: domain.ReasonCashFlow, AskedAt: f.Now.AddDate(0, 0, -30), AnsweredAt: f.Now})
}

const (
	proactive   = "call heads_up reminder"
	counted     = "call heads_up legal_notice reminder"
	allButReply = "call heads_up legal_notice receipt reminder thank_you"
)

// TestEveryCodeRefusesItsClasses holds D-3, D-18, D-19, D-20, D-21, D-22, D-27, C-51, C-55, C-100, C-101 and
// C-142: each code of the gate refuses the classes that the table of D-19 says, and no other.
func TestEveryCodeRefusesItsClasses(t *testing.T) {
	type facts = *domain.CaseFacts
	tests := map[string]struct {
		change  func(facts)
		code    string
		refused string
	}{
		"nothing":              {func(facts) {}, "", ""},
		"announced":            {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPaidOrPending, money.Amount{})} }, collections.CodePaid, proactive},
		"promised":             {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldPromise, money.Amount{})} }, collections.CodePromise, proactive},
		"disputed":             {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldDisputed, money.Amount{})} }, collections.CodeDisputed, proactive},
		"asked about":          {func(f facts) { f.Holds = []domain.Hold{hold(*f, domain.HoldQuery, money.Amount{})} }, collections.CodeQuery, proactive},
		"asked about all":      {func(f facts) { f.Holds = []domain.Hold{{Code: domain.HoldQuery}} }, collections.CodeQuery, proactive},
		"charged back":         {func(f facts) { f.Items[0].Deal.Status = domain.DealChargedBack }, collections.CodeNotOurs, counted},
		"no notice":            {func(f facts) { f.Items[0].NoticeAt = time.Time{} }, collections.CodeNoNotice, proactive},
		"represented":          {stopped(domain.StopRepresented), "represented", proactive},
		"asked to be left":     {stopped(domain.StopCease), "cease_requested", proactive},
		"proof asked for":      {stopped(domain.StopProof), "proof_pending", proactive},
		"complaint":            {stopped(domain.StopComplaint), "complaint_open", "call heads_up reminder thank_you"},
		"legal stop":           {stopped(domain.StopLegal), "legal_stop", "answer " + allButReply},
		"sanctions":            {stopped(domain.StopSanctions), "sanctions_hold", "answer " + allButReply},
		"money of nobody":      {unidentified("Harbor and Pine Hotels", 1), collections.CodeUnapplied, proactive},
		"no statement":         {func(f facts) { f.Feeds = nil }, collections.CodeFeedBehind, proactive},
		"wrote three days ago": {func(f facts) { f.Touches = []domain.Touch{reminded(*f, "2026-03-06 09:30")} }, collections.CodeGap, proactive},
		"seven in seven days":  {func(f facts) { f.Contacts = contacts(7, true, "2026-03-08 12:00") }, collections.CodeCeiling, counted},
		"two in hardship":      {func(f facts) { inHardship(f); f.Contacts = contacts(2, true, "2026-03-01 12:00") }, collections.CodeCeiling, counted},
		"today":                {func(f facts) { made(f, 0, domain.Contact{Own: true, Daily: true}) }, collections.CodeOnePerDay, allButReply},
		"at night":             {func(f facts) { f.Now = at("2026-03-09 22:00") }, collections.CodeOutsideHours, allButReply},
		"spoken to":            {func(f facts) { made(f, 6, domain.Contact{Own: true, Call: true, Spoken: true}) }, collections.CodeSpoken, "call"},
		"no e-mail":            {func(f facts) { f.Preferences.OptedOut = []domain.Channel{domain.ChannelEmail} }, collections.CodeOptedOut, "answer heads_up receipt reminder thank_you"},
		"no telephone":         {func(f facts) { f.Preferences.OptedOut = []domain.Channel{domain.ChannelPhone} }, collections.CodeOptedOut, "call"},
		"never again":          {func(f facts) { f.Touches = []domain.Touch{rang(*f, 30, domain.CallDoNotCall)} }, collections.CodeOptedOut, "call"},
		"its page only":        {func(f facts) { f.Preferences.Mode = domain.ModePortalOnly }, collections.CodeOptedOut, proactive},
		"no address":           {func(f facts) { f.Relationship.Email = "" }, collections.CodeNoChannel, "answer heads_up legal_notice receipt reminder thank_you"},
		"no number":            {func(f facts) { f.Relationship.Phone = " " }, collections.CodeNoChannel, "call"},
		"no mail before":       {func(f facts) { f.Preferences.Prefers = "" }, collections.CodeNoChannel, "call"},
		"a digest": {func(f facts) {
			f.Preferences.Mode = domain.ModeDigest
			made(f, 6, domain.Contact{Own: true, Counted: true})
		}, collections.CodeCeiling, proactive},
		"protected from a call": {func(f facts) { person(f); made(f, 6, domain.Contact{Call: true}) }, collections.CodeJurisdiction, "call"},
		"a person told nothing": {func(f facts) { f.Relationship.LegalType = domain.SoleTrader }, collections.CodeJurisdiction, proactive},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var refused []string
			for _, class := range everyClass {
				f, act := ringable()
				tc.change(&f)
				act.Class = class
				v := collections.Gate(f, act)
				if !v.Clear {
					refused = append(refused, string(class))
				}
				if !v.Clear && !slices.Equal(v.Codes, []string{tc.code}) {
					t.Errorf("%s is refused with %v, want %s (%s)", class, v.Codes, tc.code, v.Facts)
				}
			}
			if got := strings.Join(refused, " "); got != tc.refused {
				t.Errorf("%s refuses %q, want %q", tc.code, got, tc.refused)
			}
		})
	}
}

// rang is a call of this case some days ago.
func rang(f domain.CaseFacts, days int, result domain.CallResult) domain.Touch {
	at := f.Now.AddDate(0, 0, -days)
	return domain.Touch{Class: domain.ClassCall, Status: domain.TouchSent, Cycle: 1, Step: "call:x", Result: result, Recipient: f.Relationship.Phone, ClaimedAt: at, SentAt: at}
}

// TestTheEdgesOfTheCounts holds C-48, C-51, C-142, D-19, D-22 and D-27 at their edges: the day before, the
// day and the day after; one less, as many, and one more.
func TestTheEdgesOfTheCounts(t *testing.T) {
	type facts = *domain.CaseFacts
	many := func(n, days int, c domain.Contact) func(facts) {
		return func(f facts) {
			for range n {
				made(f, days, c)
			}
		}
	}
	own, foreign := domain.Contact{Own: true, Counted: true}, domain.Contact{Counted: true}
	hard := func(change func(facts)) func(facts) { return func(f facts) { inHardship(f); change(f) } }
	ago := func(days int) func(facts) {
		return func(f facts) {
			touch := reminded(*f, "2026-03-02 09:30")
			touch.SentAt = f.Now.AddDate(0, 0, -days)
			f.Touches = []domain.Touch{touch}
		}
	}
	spoken := func(days int, mine bool) func(facts) {
		return many(1, days, domain.Contact{Own: mine, Spoken: true, Call: true})
	}
	tests := map[string]struct {
		class          domain.MessageClass
		change         func(facts)
		codes, outward string
	}{
		"gap of six days":                        {domain.ClassReminder, ago(6), "gap_lt_7d", "gap_lt_7d"},
		"gap of seven days":                      {domain.ClassReminder, ago(7), "", ""},
		"gap of eight days":                      {domain.ClassReminder, ago(8), "", ""},
		"own six days ago, another factor three": {domain.ClassReminder, func(f facts) { ago(6)(f); f.LastElsewhere = f.Now.AddDate(0, 0, -3) }, "gap_lt_7d", "gap_lt_7d"},
		"six messages":                           {domain.ClassReminder, many(6, 6, own), "", ""},
		"seven messages":                         {domain.ClassReminder, many(7, 6, own), "ceiling_7_in_7", "ceiling_7_in_7"},
		"eight messages":                         {domain.ClassReminder, many(8, 6, own), "ceiling_7_in_7", "ceiling_7_in_7"},
		"seven messages seven days ago":          {domain.ClassReminder, many(7, 7, own), "", ""},
		"seven own and one of others":            {domain.ClassReminder, func(f facts) { many(7, 6, own)(f); many(1, 5, foreign)(f) }, "ceiling_7_in_7", "ceiling_7_in_7"},
		"six own and one of others":              {domain.ClassReminder, func(f facts) { many(6, 6, own)(f); many(1, 5, foreign)(f) }, "ceiling_7_in_7", "considerate_pause"},
		"hardship, one message":                  {domain.ClassReminder, hard(many(1, 13, own)), "", ""},
		"hardship, two messages":                 {domain.ClassReminder, hard(many(2, 13, own)), "ceiling_7_in_7", "ceiling_7_in_7"},
		"hardship, three messages":               {domain.ClassReminder, hard(many(3, 13, own)), "ceiling_7_in_7", "ceiling_7_in_7"},
		"hardship, two, fourteen days ago":       {domain.ClassReminder, hard(many(2, 14, own)), "", ""},
		"hardship, two, fifteen days ago":        {domain.ClassReminder, hard(many(2, 15, own)), "", ""},
		"hardship, two of others":                {domain.ClassReminder, hard(many(2, 13, foreign)), "ceiling_7_in_7", "considerate_pause"},
		"a conversation six days ago":            {domain.ClassCall, spoken(6, true), "call_within_7d_of_conversation", "call_within_7d_of_conversation"},
		"a conversation seven days ago":          {domain.ClassCall, spoken(7, true), "", ""},
		"another's conversation":                 {domain.ClassCall, spoken(6, false), "call_within_7d_of_conversation", "considerate_pause"},
		"an own one six, another's one day ago":  {domain.ClassCall, func(f facts) { spoken(6, true)(f); spoken(1, false)(f) }, "call_within_7d_of_conversation", "call_within_7d_of_conversation"},
		"another's, after an own ten days ago":   {domain.ClassCall, func(f facts) { spoken(10, true)(f); spoken(1, false)(f) }, "call_within_7d_of_conversation", "considerate_pause"},
		"another's unanswered call":              {domain.ClassCall, many(1, 1, domain.Contact{Call: true}), "", ""},
		"that, to a natural person":              {domain.ClassCall, func(f facts) { person(f); many(1, 6, domain.Contact{Call: true})(f) }, "jurisdiction_rule", "considerate_pause"},
		"that, seven days ago":                   {domain.ClassCall, func(f facts) { person(f); many(1, 7, domain.Contact{Call: true})(f) }, "", ""},
		"own message and another's today": {domain.ClassReminder, func(f facts) {
			many(1, 0, domain.Contact{Own: true, Daily: true})(f)
			many(1, 0, domain.Contact{Daily: true})(f)
		}, "one_per_day", "one_per_day"},
		"another's message today":            {domain.ClassReminder, many(1, 0, domain.Contact{Daily: true}), "one_per_day", "considerate_pause"},
		"another's message yesterday":        {domain.ClassReminder, many(1, 1, domain.Contact{Daily: true}), "", ""},
		"a digest, another seller's letter":  {domain.ClassReminder, digest(6, domain.Contact{Counted: true, Ours: true}), "ceiling_7_in_7", "considerate_pause"},
		"a digest, seven days ago":           {domain.ClassReminder, digest(7, domain.Contact{Counted: true, Ours: true}), "", ""},
		"a digest, another factor's letter":  {domain.ClassReminder, digest(6, domain.Contact{Counted: true}), "", ""},
		"before the due date, five messages": {domain.ClassHeadsUp, early(many(5, 6, own)), "", ""},
		"before the due date, six messages":  {domain.ClassHeadsUp, early(many(6, 6, own)), "ceiling_7_in_7", "ceiling_7_in_7"},
		"before the due date, six of others": {domain.ClassReminder, early(many(6, 6, foreign)), "ceiling_7_in_7", "considerate_pause"},
		"a notice, six messages":             {domain.ClassLegalNotice, early(many(6, 6, own)), "", ""},
		"before the due date in hardship":    {domain.ClassReminder, early(hard(many(1, 13, own))), "ceiling_7_in_7", "ceiling_7_in_7"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, act := ringable()
			tc.change(&f)
			act.Class = tc.class
			v := collections.Gate(f, act)
			if codes, outward := strings.Join(v.Codes, " "), strings.Join(v.Outward, " "); codes != tc.codes || outward != tc.outward {
				t.Errorf("codes %q, outward %q (%s); want %q, %q", codes, outward, v.Facts, tc.codes, tc.outward)
			}
		})
	}
}

func digest(days int, c domain.Contact) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) { f.Preferences.Mode = domain.ModeDigest; made(f, days, c) }
}

// early moves the due date so that the message is one before it.
func early(change func(*domain.CaseFacts)) func(*domain.CaseFacts) {
	return func(f *domain.CaseFacts) { f.Items[0].Deal.Due = day("2026-03-16"); change(f) }
}

// TestTheFactsSayWhichCeilingBinds: the factor reads why (C-142, D-22).
func TestTheFactsSayWhichCeilingBinds(t *testing.T) {
	for want, change := range map[string]func(*domain.CaseFacts){
		"1 of 7 in 7 days":                           func(f *domain.CaseFacts) { made(f, 3, domain.Contact{Counted: true}) },
		"2 of 2 in 14 days (hardship)":               func(f *domain.CaseFacts) { inHardship(f); f.Contacts = contacts(2, true, "2026-03-01 12:00") },
		"digest: one a week":                         digest(3, domain.Contact{Counted: true, Ours: true}),
		"the last place is kept for what is overdue": early(func(f *domain.CaseFacts) { f.Contacts = contacts(6, false, "2026-03-08 12:00") }),
		"on its page only":                           func(f *domain.CaseFacts) { f.Preferences.Mode = domain.ModePortalOnly },
	} {
		f, act := ringable()
		change(&f)
		if v := collections.Gate(f, act); !strings.Contains(v.Facts, want) {
			t.Errorf("%q is not in %q", want, v.Facts)
		}
	}
}

// TestAMessageIsTakenBackWhenItIsNotWantedAnyMore: between claim and mail server a debtor may
// opt out (C-101).
func TestAMessageIsTakenBackWhenItIsNotWantedAnyMore(t *testing.T) {
	f, act := ringable()
	v := collections.Gate(f, act)
	letter := must(collections.Write(f, act, v))
	touch := domain.Touch{Step: act.Step, Class: act.Class, Tone: 1, Items: act.Items, Text: letter.Text, ClaimedAt: f.Now}
	if !collections.StillRight(f, touch) {
		t.Fatal("it is not right as it is")
	}
	f.Preferences.Mode = domain.ModePortalOnly
	if collections.StillRight(f, touch) {
		t.Error("it leaves to a debtor who wants its page only")
	}
}

// TestHardship holds C-142 and D-22: what the debtor said counts for 90 days, while something is open.
func TestHardship(t *testing.T) {
	said := func(f domain.CaseFacts, days int, reason domain.Reason) domain.Question {
		return domain.Question{Reason: reason, AskedAt: f.Now.AddDate(0, 0, -days)}
	}
	tests := map[string]struct {
		change func(*domain.CaseFacts)
		days   int // since; -1: none
	}{
		"nothing said":           {func(*domain.CaseFacts) {}, -1},
		"cash flow":              {func(f *domain.CaseFacts) { f.Questions = []domain.Question{said(*f, 89, domain.ReasonCashFlow)} }, 89},
		"90 days ago":            {func(f *domain.CaseFacts) { f.Questions = []domain.Question{said(*f, 90, domain.ReasonCashFlow)} }, 90},
		"91 days ago":            {func(f *domain.CaseFacts) { f.Questions = []domain.Question{said(*f, 91, domain.ReasonCashFlow)} }, -1},
		"another reason":         {func(f *domain.CaseFacts) { f.Questions = []domain.Question{said(*f, 1, domain.ReasonApproval)} }, -1},
		"on the telephone":       {func(f *domain.CaseFacts) { f.Touches = []domain.Touch{rang(*f, 20, domain.CallHardship)} }, 20},
		"spoken of other things": {func(f *domain.CaseFacts) { f.Touches = []domain.Touch{rang(*f, 20, domain.CallSpoke)} }, -1},
		"twice: the last counts": {func(f *domain.CaseFacts) {
			f.Questions = []domain.Question{said(*f, 5, domain.ReasonCashFlow), said(*f, 60, domain.ReasonCashFlow)}
			f.Touches = []domain.Touch{rang(*f, 20, domain.CallHardship)}
		}, 5},
		"paid since": {func(f *domain.CaseFacts) { inHardship(f); f.Items[0].Deal.Open = usd(0) }, -1},
		"not ours":   {func(f *domain.CaseFacts) { inHardship(f); f.Items[0].Deal.Status = domain.DealChargedBack }, -1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, _ := overdueA()
			tc.change(&f)
			since, ok := collections.Hardship(f)
			if ok != (tc.days >= 0) || ok && !since.Equal(f.Now.AddDate(0, 0, -tc.days)) || !ok && !since.IsZero() {
				t.Errorf("hardship %t since %s, want %d days", ok, since, tc.days)
			}
		})
	}
}

// TestFirstAMailThenACall holds C-100, D-18 and D-25: a person may ring after a message about
// something overdue was left unanswered for five business days, after a broken promise, or
// when the debtor prefers it.
func TestFirstAMailThenACall(t *testing.T) {
	type facts = *domain.CaseFacts
	asked := func(f facts) { // on 5 March, one day after the due date; now is 12 March
		f.Now = at("2026-03-12 09:30")
		f.Touches = []domain.Touch{{Class: domain.ClassReminder, Status: domain.TouchSent, Cycle: 1, Step: "post_due:1", SentAt: at("2026-03-05 09:30"), Items: []domain.DealID{f.Items[0].Deal.ID}}}
	}
	and := func(change func(facts)) func(facts) { return func(f facts) { asked(f); change(f) } }
	answered := at("2026-03-11 15:00")
	tests := map[string]struct {
		change func(facts)
		may    bool
	}{
		"nothing was written":            {func(facts) {}, false},
		"it prefers the telephone":       {func(f facts) { f.Preferences.Prefers = domain.ChannelPhone }, true},
		"unanswered for five days":       {asked, true},
		"for four":                       {and(func(f facts) { f.Now = at("2026-03-11 17:00") }), false},
		"it came back":                   {and(func(f facts) { f.Touches[0].Status = domain.TouchFailed }), false},
		"nobody knows if it arrived":     {and(func(f facts) { f.Touches[0].Status = domain.TouchUnknown }), false},
		"it was written before the date": {and(func(f facts) { f.Items[0].Deal.Due = day("2026-03-06") }), false},
		"a notice asks for nothing":      {and(func(f facts) { f.Touches[0].Class = domain.ClassLegalNotice }), false},
		"a call is no e-mail":            {and(func(f facts) { f.Touches[0].Class = domain.ClassCall }), false},
		"a person replied":               {and(func(f facts) { f.Replies = []domain.ReplyFact{{Kind: "human", At: answered}} }), false},
		"it said that it looks into it":  {and(func(f facts) { f.Replies = []domain.ReplyFact{{Kind: "human", Acknowledge: true, At: answered}} }), false},
		"a machine replied":              {and(func(f facts) { f.Replies = []domain.ReplyFact{{Kind: "out_of_office", At: answered}} }), true},
		"a reply before":                 {and(func(f facts) { f.Replies = []domain.ReplyFact{{Kind: "human", At: at("2026-03-04 12:00")}} }), true},
		"it asked":                       {and(func(f facts) { f.Questions = []domain.Question{{AskedAt: answered}} }), false},
		"it promised":                    {and(func(f facts) { f.Promises = []domain.Promise{{MadeAt: answered, Status: domain.PromiseActive}} }), false},
		"it disputes":                    {and(func(f facts) { f.Disputes = []domain.Dispute{{RaisedAt: answered}} }), false},
		"it says that it paid":           {and(func(f facts) { f.Holds = []domain.Hold{{CauseKind: "announced", CreatedAt: answered}} }), false},
		"it paid a part":                 {and(func(f facts) { f.LastPaidAt = answered }), false},
		"a promise was broken": {func(f facts) {
			f.Promises = []domain.Promise{{Status: domain.PromiseBroken, DecidedAt: f.Now.AddDate(0, 0, -90)}}
		}, true},
		"one was broken long ago": {func(f facts) {
			f.Promises = []domain.Promise{{Status: domain.PromiseBroken, DecidedAt: f.Now.AddDate(0, 0, -91)}}
		}, false},
		"a promise was kept": {func(f facts) { f.Promises = []domain.Promise{{Status: domain.PromiseKept, DecidedAt: f.Now}} }, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f, act := overdueA()
			f.Relationship.Phone, act.Class = "+1 212 555 0142", domain.ClassCall
			tc.change(&f)
			if got := collections.MayCall(f); got != tc.may {
				t.Errorf("a call may be made: %t", got)
			}
			if refused := slices.Contains(collections.Gate(f, act).Codes, collections.CodeNoChannel); refused == tc.may {
				t.Errorf("the gate refuses it: %t", refused)
			}
		})
	}
}

// TestKindOf holds D-22: what is on file counts, else the address is read.
func TestKindOf(t *testing.T) {
	for email, want := range map[string]domain.ContactKind{
		"accounts@x.example": domain.ContactRole, "Accounts.Payable@x.example": domain.ContactRole, "AP@x.example": domain.ContactRole, "ap-uk@x.example": domain.ContactRole,
		"ap2@x.example": domain.ContactRole, "invoices+marlow@x.example": domain.ContactRole, "rechnung@x.example": domain.ContactRole, "team.buchhaltung@x.example": domain.ContactRole,
		"billing_eu@x.example": domain.ContactRole, "finance2@x.example": domain.ContactRole, "faktura@x.example": domain.ContactRole,
		"dana@x.example": domain.ContactPerson, "dana.ruiz@x.example": domain.ContactPerson, "ap.smith@x.example": domain.ContactPerson, "bill@x.example": domain.ContactPerson,
		"": domain.ContactPerson, "@x.example": domain.ContactPerson, "12@x.example": domain.ContactPerson,
	} {
		if got := collections.KindOf(email, domain.Preferences{}); got != want {
			t.Errorf("%s is taken for a %s", email, got)
		}
	}
	if got := collections.KindOf("ap@x.example", domain.Preferences{Kind: domain.ContactPerson}); got != domain.ContactPerson {
		t.Errorf("what is on file does not count: %s", got)
	}
}

// TestASharedMailboxIsAskedOnce holds D-22: from the fifth seller on, and never again.
func TestASharedMailboxIsAskedOnce(t *testing.T) {
	asked := func(sellers int, email string, wishes domain.Preferences) bool {
		f, _ := overdueA()
		f.SellersHere, f.Relationship.Email, f.Preferences = sellers, email, wishes
		return collections.AskMode(f)
	}
	for name, tc := range map[string]struct{ got, want bool }{
		"four sellers":        {asked(4, "ap@x.example", domain.Preferences{}), false},
		"five":                {asked(5, "ap@x.example", domain.Preferences{}), true},
		"a person":            {asked(9, "dana@x.example", domain.Preferences{}), false},
		"asked before":        {asked(9, "ap@x.example", domain.Preferences{AskedAt: at("2026-01-02 09:30")}), false},
		"it chose":            {asked(9, "ap@x.example", domain.Preferences{Mode: domain.ModeDigest}), false},
		"it wants only calls": {asked(9, "ap@x.example", domain.Preferences{Mode: domain.ModeEach, Prefers: domain.ChannelPhone}), true},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: asked %t", name, tc.got)
		}
	}
}

// TestAnotherTenantsContactsChangeNothingButAPause holds D-7 (T-18): whatever another tenant
// does to the same address, the seller sees what it saw before, and at most a pause more.
func TestAnotherTenantsContactsChangeNothingButAPause(t *testing.T) {
	shown := func(f domain.CaseFacts, act collections.Act) []string {
		v := collections.Gate(f, act)
		g := collections.ShownToSeller(domain.GateDecision{Codes: v.Codes, Outward: v.Outward, Facts: v.Facts})
		if strings.ContainsAny(g.Facts, "0123456789") {
			panic("a number is shown: " + g.Facts)
		}
		return g.Codes
	}
	contact := rapid.Custom(func(t *rapid.T) domain.Contact {
		called := rapid.IntRange(0, 3).Draw(t, "call") == 0
		return domain.Contact{
			At: at("2026-03-09 09:00").Add(-time.Duration(rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 16*24)).Draw(t, "hours")) * time.Hour), Counted: rapid.Bool().Draw(t, "counted"),
			Daily: rapid.Bool().Draw(t, "daily"), Call: called, Spoken: called && rapid.Bool().Draw(t, "spoken"), Ours: rapid.Bool().Draw(t, "ours"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		f, act := ringable()
		act.Class = rapid.SampledFrom(everyClass).Draw(t, "class")
		f.Relationship.LegalType = rapid.SampledFrom([]domain.LegalType{domain.Company, domain.SoleTrader, ""}).Draw(t, "legal type")
		f.Preferences.Mode = rapid.SampledFrom([]domain.ContactMode{"", domain.ModeDigest, domain.ModePortalOnly}).Draw(t, "mode")
		if rapid.Bool().Draw(t, "hardship") {
			inHardship(&f)
		}
		if rapid.Bool().Draw(t, "early") {
			early(func(*domain.CaseFacts) {})(&f)
		}
		for _, c := range rapid.SliceOfN(contact, 0, 9).Draw(t, "own") {
			c.Own = true
			f.Contacts = append(f.Contacts, c)
		}
		before := shown(f, act)
		f.Contacts = append(f.Contacts, rapid.SliceOfN(contact, 1, 9).Draw(t, "others")...)
		if rapid.Bool().Draw(t, "elsewhere") {
			f.LastElsewhere = f.Now.AddDate(0, 0, -rapid.IntRange(0, 9).Draw(t, "days"))
		}
		f.SellersHere = rapid.IntRange(0, 9).Draw(t, "sellers")
		after := slices.DeleteFunc(shown(f, act), func(code string) bool { return code == collections.CodeConsiderate && !slices.Contains(before, code) })
		if !slices.Equal(before, after) {
			t.Fatalf("the seller saw %v and sees %v", before, after)
		}
	})
}
