package collections_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// ownScene is a part of an invoice that is its seller's again, on a morning on which nothing stands in the way.
func ownScene() collections.OwnAsk {
	f := sceneOf("post_due_next", 1).CaseFacts
	deal := f.Items[0].Deal
	deal.Status, deal.Open = domain.DealChargedBack, usd(0)
	f.Items[0].Deal, f.Touches, f.Contacts, f.Unidentified = deal, nil, nil, nil
	r := domain.Recourse{ID: domain.New[domain.RecourseID](), Deal: deal.ID, Status: domain.RecourseReassigned, Part: usd(80_000), Collected: usd(0), Settled: usd(0)}
	return collections.OwnAsk{Facts: f, Deal: deal, Recourse: r}
}

// TestTheGateBindsASellerToo holds D-25: what a seller writes about a part that is its own again stops for everything that
// stops a message of ours, in whichever case of its debtor; what was disputed rests until the debtor agrees; after three it
// stops by itself.
func TestTheGateBindsASellerToo(t *testing.T) {
	o := ownScene()
	if v := collections.GateOwn(o); !v.Clear || len(v.Items) != 1 || v.Items[0].Ask != o.Recourse.Part {
		t.Fatalf("nothing stands in the way, and the gate says %+v", v)
	}
	now := o.Facts.Now
	ours := func(days int) domain.Touch {
		at := now.AddDate(0, 0, -days)
		return domain.Touch{ID: domain.New[domain.TouchID](), Class: domain.ClassReminder, Status: domain.TouchSent, Step: "post_due:1", Cycle: 1, Recipient: o.Facts.Relationship.Email, Items: []domain.DealID{o.Deal.ID}, ClaimedAt: at, SentAt: at}
	}
	wrote := func(of domain.RecourseID, days ...int) (all []domain.OwnReminder) {
		for _, d := range days {
			all = append(all, domain.OwnReminder{Recourse: of, At: now.AddDate(0, 0, -d)})
		}
		return all
	}
	other := func(change func(*domain.CaseFacts)) []domain.CaseFacts {
		var f domain.CaseFacts
		change(&f)
		return []domain.CaseFacts{f}
	}
	money := domain.Receipt{Account: o.Deal.Collection, Payer: o.Facts.Relationship.Name, Unapplied: usd(80_000), CreatedAt: now.AddDate(0, 0, -1)}
	for name, tc := range map[string]struct {
		change func(*collections.OwnAsk)
		codes  []string
	}{
		"a message of ours six days ago": {func(o *collections.OwnAsk) { o.Facts.Touches = []domain.Touch{ours(6)} }, []string{"gap_lt_7d"}},
		"seven days ago":                 {func(o *collections.OwnAsk) { o.Facts.Touches = []domain.Touch{ours(7)} }, nil},
		"one of its own":                 {func(o *collections.OwnAsk) { o.Sent = wrote(o.Recourse.ID, 6) }, []string{"gap_lt_7d"}},
		"one about another part":         {func(o *collections.OwnAsk) { o.Sent = wrote(domain.New[domain.RecourseID](), 6) }, []string{"gap_lt_7d"}},
		"three of its own":               {func(o *collections.OwnAsk) { o.Sent = wrote(o.Recourse.ID, 40, 30, 20) }, []string{"awaiting_human"}},
		"three about another part":       {func(o *collections.OwnAsk) { o.Sent = wrote(domain.New[domain.RecourseID](), 40, 30, 20) }, nil},
		"somebody else today":            {func(o *collections.OwnAsk) { o.Facts.Contacts = []domain.Contact{{At: now, Daily: true}} }, []string{"one_per_day"}},
		"seven in seven days": {func(o *collections.OwnAsk) {
			o.Facts.Contacts = slices.Repeat([]domain.Contact{{At: now.AddDate(0, 0, -1), Counted: true}}, 7)
		}, []string{"ceiling_7_in_7"}},
		"at night":        {func(o *collections.OwnAsk) { o.Facts.Now = now.Add(14 * time.Hour) }, []string{"outside_hours"}},
		"no more, please": {func(o *collections.OwnAsk) { o.Facts.Stops = []domain.Stop{{Code: domain.StopCease}} }, []string{"cease_requested"}},
		"said in another case": {func(o *collections.OwnAsk) {
			o.Others = other(func(f *domain.CaseFacts) { f.Stops = []domain.Stop{{Code: domain.StopCease}} })
		}, []string{"cease_requested"}},
		"a lawyer in another case": {func(o *collections.OwnAsk) {
			o.Others = other(func(f *domain.CaseFacts) { f.Stops = []domain.Stop{{Code: domain.StopRepresented}} })
		}, []string{"represented"}},
		"a message in another case": {func(o *collections.OwnAsk) {
			o.Others = other(func(f *domain.CaseFacts) { f.Touches = []domain.Touch{ours(3)} })
		}, []string{"gap_lt_7d"}},
		"all rests in another case": {func(o *collections.OwnAsk) {
			o.Others = other(func(f *domain.CaseFacts) { f.Holds = []domain.Hold{{Code: domain.HoldQuery}} })
		}, []string{"query_unanswered_by_us"}},
		"an invoice rests in another": {func(o *collections.OwnAsk) {
			o.Others = other(func(f *domain.CaseFacts) {
				f.Holds = []domain.Hold{{Code: domain.HoldQuery, Deal: domain.New[domain.DealID]()}}
			})
		}, nil},
		"a complaint":     {func(o *collections.OwnAsk) { o.Facts.Stops = []domain.Stop{{Code: domain.StopComplaint}} }, []string{"complaint_open"}},
		"a question":      {func(o *collections.OwnAsk) { o.Facts.Holds = []domain.Hold{{Code: domain.HoldQuery, Deal: o.Deal.ID}} }, []string{"query_unanswered_by_us"}},
		"no mail":         {func(o *collections.OwnAsk) { o.Facts.Preferences.OptedOut = []domain.Channel{domain.ChannelEmail} }, []string{"opted_out_channel"}},
		"it was disputed": {func(o *collections.OwnAsk) { o.Recourse.Dispute = domain.New[domain.DisputeID]() }, []string{"disputed_part"}},
		"and agreed to": {func(o *collections.OwnAsk) {
			o.Recourse.Dispute, o.Recourse.AgreedOn = domain.New[domain.DisputeID](), domain.DateOf(now)
		}, nil},
		"a person that could not check": {func(o *collections.OwnAsk) { o.Facts.Relationship.LegalType = domain.SoleTrader }, []string{"awaiting_human"}},
		"money that may be it":          {func(o *collections.OwnAsk) { o.Facts.Unidentified = []domain.Receipt{money} }, []string{"unapplied_cash_possible"}},
		"nothing is left of it":         {func(o *collections.OwnAsk) { o.Recourse.Settled = o.Recourse.Part }, []string{"paid_or_pending"}},
		"a half is left of it":          {func(o *collections.OwnAsk) { o.Recourse.Settled = usd(40_000) }, nil},
	} {
		asked := o
		tc.change(&asked)
		if v := collections.GateOwn(asked); !slices.Equal(v.Codes, tc.codes) || v.Clear != (len(tc.codes) == 0) {
			t.Errorf("%s: %v, want %v", name, v.Codes, tc.codes)
		}
	}
	o.Sent = wrote(o.Recourse.ID, 3)
	if again := collections.OwnAgain(o, collections.GateOwn(o)); domain.DateOf(again) != domain.DateOf(now).Plus(4) {
		t.Errorf("three days after a message it may ask again on %s, and now is %s", again, now)
	}
}

// TestASellerWritesNothingTooEarly holds D-25: not before the invoice is overdue, and not before the release said whose
// the part is.
func TestASellerWritesNothingTooEarly(t *testing.T) {
	o := ownScene()
	o.Recourse.ReassignedAt = o.Facts.Now.AddDate(0, 0, -2)
	release := func(days int, of domain.DealID, status domain.TouchStatus) domain.Touch {
		at := o.Facts.Now.AddDate(0, 0, -days)
		return domain.Touch{Class: domain.ClassRelease, Status: status, Items: []domain.DealID{of}, ClaimedAt: at, SentAt: at}
	}
	for name, tc := range map[string]struct {
		due   int // days ago
		sent  []domain.Touch
		early bool
	}{
		"overdue and released":      {1, []domain.Touch{release(1, o.Deal.ID, domain.TouchSent)}, false},
		"due today":                 {0, []domain.Touch{release(1, o.Deal.ID, domain.TouchSent)}, true},
		"due in a month":            {-30, []domain.Touch{release(1, o.Deal.ID, domain.TouchSent)}, true},
		"no release yet":            {1, nil, true},
		"one that did not arrive":   {1, []domain.Touch{release(1, o.Deal.ID, domain.TouchFailed)}, true},
		"one about another invoice": {1, []domain.Touch{release(1, domain.New[domain.DealID](), domain.TouchSent)}, true},
		"one about an earlier part": {1, []domain.Touch{release(9, o.Deal.ID, domain.TouchSent)}, true},
	} {
		asked := o
		asked.Deal.Due, asked.Facts.Touches = domain.DateOf(o.Facts.Now).Plus(-tc.due), tc.sent
		if err := asked.TooEarly(); errors.Is(err, domain.ErrWrongState) != tc.early || (err == nil) == tc.early {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestASellersOwnReminder holds D-24 and D-25: it is written in the seller's name alone, as mildly as a first reminder of
// ours, and the lint finds nothing.
func TestASellersOwnReminder(t *testing.T) {
	o := ownScene()
	letter, err := collections.WriteOwn(o, collections.GateOwn(o))
	if err != nil {
		t.Fatal(err)
	}
	if findings := collections.LintOwn(letter); len(findings) > 0 {
		t.Errorf("lint: %s", strings.Join(findings, "\n"))
	}
	golden(t, "own_reminder", letter.Subject+"\n\n"+letter.Text)
	if strings.Contains(letter.Subject+letter.Text, o.Facts.Factor.Name) {
		t.Errorf("the factor is named:\n%s", letter.Text)
	}
}
