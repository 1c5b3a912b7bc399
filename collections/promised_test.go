package collections_test

import (
	"strings"
	"testing"
	"time"

	"comity/collections"
	"comity/domain"
)

// promisedBy is the case of story A after a promise for 20 March was made on the page.
func promisedBy(p domain.Promise) domain.CaseFacts {
	f := storyA()
	f.Now = at("2026-03-10 21:40") // an answer leaves at any hour
	f.Items[0].NoticeAt = at("2026-02-05 10:02")
	p.ID, p.Case, p.Deal, p.Amount, p.OpenBefore, p.PromisedOn, p.JudgeOn, p.MadeAt = domain.New[domain.PromiseID](), f.Case.ID, f.Items[0].Deal.ID, usd(1_000_000), usd(1_000_000), day("2026-03-20"), day("2026-03-24"), f.Now.Add(-20*time.Minute)
	if p.Status == "" {
		p.Status = domain.PromiseActive
	}
	f.Promises = []domain.Promise{p}
	pause := hold(f, domain.HoldPromise, usd(1_000_000))
	pause.CauseKind, pause.Cause, pause.Until = "promise", p.ID.UUID, at("2026-03-25 00:00")
	f.Holds = []domain.Hold{pause}
	return f
}

// TestAPromiseIsConfirmedToTheKnownContact holds D-18: of what was promised on the page the contact on
// file is told once, unless the link was sent to it and the code of the notice was typed on it.
func TestAPromiseIsConfirmedToTheKnownContact(t *testing.T) {
	onFile := storyA().Relationship.Email
	tests := map[string]struct {
		promise domain.Promise
		says    string // "": nothing
	}{
		"by a link without the code":             {domain.Promise{Recipient: onFile}, "who has the link that we sent to you,"},
		"by a former contact":                    {domain.Promise{Recipient: "lee@harborpine.example", Confirmed: true}, "who has the link that we sent to lee@harborpine.example,"},
		"by the contact, with the code":          {domain.Promise{Recipient: onFile, Confirmed: true}, ""},
		"by the contact, as it writes its name":  {domain.Promise{Recipient: " Dana@HarborPine.example", Confirmed: true}, ""},
		"to a person, on the telephone":          {domain.Promise{}, ""},
		"by a link, and it was replaced":         {domain.Promise{Recipient: onFile, Status: domain.PromiseCancelled}, ""},
		"by a link, and it was kept meanwhile":   {domain.Promise{Recipient: onFile, Status: domain.PromiseKept}, ""},
		"by a link, and the bank says otherwise": {domain.Promise{Recipient: onFile, Status: domain.PromiseBroken}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := promisedBy(tc.promise)
			done, err := collections.Look(f, f.Now)
			if err != nil {
				t.Fatal(err)
			}
			if done.Touch == nil {
				if tc.says != "" {
					t.Fatalf("nothing is said: %+v", done.Gate)
				}
				return
			}
			text := strings.Join(strings.Fields(done.Touch.Text), " ")
			if tc.says == "" || !strings.Contains(text, tc.says) || done.Touch.Class != domain.ClassAnswer {
				t.Errorf("a letter of class %s says\n%s", done.Touch.Class, text)
			}
			again, err := collections.Look(done.Facts, f.Now.AddDate(0, 0, 1))
			if err != nil || again.Touch != nil {
				t.Errorf("it is said twice: %v %+v", err, again.Touch)
			}
		})
	}
}

// TestTheWordAboutAPromise holds D-18: the letter says what was promised, what rests until when, how to
// put it right, and no more of who promised than is known.
func TestTheWordAboutAPromise(t *testing.T) {
	f := promisedBy(domain.Promise{Recipient: storyA().Relationship.Email})
	letter := passed(t, f, collections.Next(f).Act)
	golden(t, "letter_promised", letter.Subject+"\n\n"+letter.Text)

	f.Holds = nil
	first := f.Promises[0]
	first.ID, first.Status, first.DecidedAt = domain.New[domain.PromiseID](), domain.PromiseCancelled, f.Promises[0].MadeAt
	f.Promises = append(f.Promises, first)
	f.Promises[0].Recipient = "pay to DE89370400440532013000 <img src=x>@harborpine.example"
	letter = passed(t, f, collections.Next(f).Act)
	golden(t, "letter_promised_that_pauses_nothing", letter.Subject+"\n\n"+letter.Text)
	if strings.Contains(letter.HTML, "<img src=x>") {
		t.Errorf("the letter carries what it must not:\n%s", letter.HTML)
	}
}

// TestWhoTypedTheCodeIsNotToldOfItsPromise holds D-18 with its rows: a promise is told of as long as
// nobody typed the code on its link, to the address that is on file then.
func TestWhoTypedTheCodeIsNotToldOfItsPromise(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.act("2026-02-05 10:00")
	h.send("2026-02-05 10:02")
	h.exec(`UPDATE deals SET status = 'paid_out'`)
	by, deal := h.debtor("2026-03-05 10:00"), h.facts.Items[0].Deal.ID
	promise := func(key, on string) {
		t.Helper()
		if _, err := h.cases.Promise(ctx, by, deal, usd(1_000_000), day(on), onceOf[domain.Promise](key)); err != nil {
			t.Fatal(err)
		}
		h.act("2026-03-05 10:01")
		h.act("2026-03-05 10:15")
	}
	promise("p1", "2026-03-10")
	out := h.send("2026-03-05 10:16")
	if out.To != "dana@harborpine.example" || !strings.Contains(out.Text, "is promised for Tuesday 10 March") {
		t.Errorf("%s is told\n%s", out.To, out.Text)
	}
	if err := h.cases.Confirm(ctx, by, "7k3m-pq2x"); err != nil {
		t.Fatal(err)
	}
	promise("p2", "2026-03-12")
	h.is("messages", h.text(`SELECT string_agg(split_part(step, ':', 1) || ' ' || status, ', ' ORDER BY id) FROM touches`), "notice sent, promised sent")
	h.is("promises", h.text(`SELECT string_agg(status || ' ' || recipient || ' ' || confirmed, ', ' ORDER BY id) FROM promises`),
		"cancelled dana@harborpine.example false, active dana@harborpine.example true")
}

// TestPromisesMadeTogetherAreOneLetter holds D-18 and C-51: who names days for many invoices at once, with a link
// that was passed on or not, brings the contact on file one letter and not many; a later one has its own.
func TestPromisesMadeTogetherAreOneLetter(t *testing.T) {
	f := promisedBy(domain.Promise{Recipient: storyA().Relationship.Email})
	for i, number := range []string{"MP-2001", "MP-2002"} {
		item := another(&f, number, "2026-03-05")
		p := f.Promises[0]
		p.ID, p.Deal, p.MadeAt = domain.New[domain.PromiseID](), item.Deal.ID, f.Promises[0].MadeAt.Add(time.Duration(i+1)*time.Minute)
		f.Promises = append(f.Promises, p)
	}
	letter := passed(t, f, collections.Next(f).Act)
	golden(t, "letter_promised_together", letter.Subject+"\n\n"+letter.Text)
	done, err := collections.Look(f, f.Now)
	if err != nil || done.Touch == nil || len(done.Touch.Items) != 3 {
		t.Fatalf("%v: %+v", err, done.Touch)
	}
	if again, err := collections.Look(done.Facts, f.Now.Add(time.Hour)); err != nil || again.Touch != nil {
		t.Errorf("they are said twice: %v %+v", err, again.Touch)
	}
	later := f.Promises[0]
	later.ID, later.MadeAt = domain.New[domain.PromiseID](), f.Now.Add(time.Hour)
	done.Facts.Promises[0].Status = domain.PromiseCancelled
	done.Facts.Promises = append(done.Facts.Promises, later)
	for after, says := range map[time.Duration]bool{time.Hour + promisedBefore: false, time.Hour + 16*time.Minute: true} {
		if look, err := collections.Look(done.Facts, f.Now.Add(after)); err != nil || (look.Touch != nil) != says {
			t.Errorf("%s later: %v %+v", after, err, look.Touch)
		}
	}
}

const promisedBefore = 14 * time.Minute
