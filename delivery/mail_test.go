package delivery_test

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"comity/delivery"
)

// A postbox is a real SMTP server that answers as a test wants.
type postbox struct {
	rcpt, data error
	hangUp     bool // after the text, without an answer
	conn       *smtp.Conn
	got        string
	from       string // of the envelope
}

func (p *postbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.conn = c
	return p, nil
}

func (p *postbox) Mail(from string, _ *smtp.MailOptions) error {
	p.from = from
	return nil
}

func (p *postbox) Rcpt(string, *smtp.RcptOptions) error { return p.rcpt }
func (p *postbox) Reset()                               {}
func (p *postbox) Logout() error                        { return nil }

func (p *postbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	p.got = string(text)
	if p.hangUp {
		return errors.Join(p.conn.Conn().Close(), io.ErrClosedPipe)
	}
	return p.data
}

func mailer(t *testing.T, p *postbox) *delivery.Mailer {
	t.Helper()
	server := smtp.NewServer(p)
	server.Domain = "postbox.invalid"
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	m, err := delivery.NewMailer("smtp://"+listener.Addr().String(), "post@comity.invalid")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func letter() delivery.Message {
	return delivery.Message{
		FromName: "Eastbrook Factors", ReplyTo: "ana@eastbrook.example", To: "dana@harborpine.example", Subject: "Due on Wednesday",
		Text: "plain", HTML: "<p>rich</p>", MessageID: "m2@comity.invalid", InReplyTo: "m1@comity.invalid", References: []string{"m1@comity.invalid"},
		At: time.Date(2026, 2, 25, 14, 30, 0, 0, time.UTC),
	}
}

// TestWhatBecomesOfAMail: taken, refused for now or for good, and, when the
// answer to the text is lost, unknown: never to be sent again by machine.
func TestWhatBecomesOfAMail(t *testing.T) {
	tests := map[string]struct {
		box  postbox
		want delivery.Outcome
	}{
		"taken":                       {postbox{}, delivery.Taken},
		"no such mailbox":             {postbox{rcpt: &smtp.SMTPError{Code: 550, Message: "no such mailbox"}}, delivery.Permanent},
		"mailbox busy":                {postbox{rcpt: &smtp.SMTPError{Code: 451, Message: "later"}}, delivery.Temporary},
		"text refused for good":       {postbox{data: &smtp.SMTPError{Code: 554, Message: "no"}}, delivery.Permanent},
		"text refused for now":        {postbox{data: &smtp.SMTPError{Code: 452, Message: "full"}}, delivery.Temporary},
		"the answer to it never came": {postbox{hangUp: true}, delivery.Unknown},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := mailer(t, &tc.box).Send(t.Context(), letter())
			if got != tc.want || (err == nil) != (tc.want == delivery.Taken) {
				t.Errorf("it is %s (%v), want %s", got, err, tc.want)
			}
		})
	}
}

// TestAServerThatIsAwayIsForLater: nothing was handed over, so it may be tried again.
func TestAServerThatIsAwayIsForLater(t *testing.T) {
	m, err := delivery.NewMailer("smtp://127.0.0.1:1", "post@comity.invalid")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Send(t.Context(), letter()); got != delivery.Temporary || err == nil {
		t.Errorf("it is %s (%v)", got, err)
	}
}

// TestHeaders holds the thread, the reply address, and T-61: a name or subject
// with line breaks makes no header of its own.
func TestHeaders(t *testing.T) {
	var box postbox
	msg := letter()
	msg.FromName, msg.Subject = "Eastbrook\r\nBcc: evil@example.org", "Due\r\nX-Evil: 1"
	if got, err := mailer(t, &box).Send(t.Context(), msg); got != delivery.Taken && got != delivery.Permanent {
		t.Fatalf("it is %s (%v)", got, err)
	}
	if box.got != "" {
		read, err := mail.ReadMessage(strings.NewReader(box.got))
		if err != nil {
			t.Fatal(err)
		}
		if read.Header.Get("Bcc") != "" || read.Header.Get("X-Evil") != "" {
			t.Errorf("a header was smuggled in:\n%s", box.got)
		}
	}
	if _, err := mailer(t, &box).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(strings.NewReader(box.got))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<m2@comity.invalid>", "In-Reply-To": "<m1@comity.invalid>", "References": "<m1@comity.invalid>",
		"Reply-To": "<ana@eastbrook.example>", "To": "<dana@harborpine.example>", "Subject": "Due on Wednesday",
	} {
		if got := read.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestAMailMayBeFromAnother holds F-44: it is from the address that was named, and what cannot be delivered comes back
// to us.
func TestAMailMayBeFromAnother(t *testing.T) {
	for from, want := range map[string]string{"": "post@comity.invalid", "accounts@marlow.example": "accounts@marlow.example"} {
		var box postbox
		msg := letter()
		msg.FromName, msg.From = "Marlow accounts", from
		if got, err := mailer(t, &box).Send(t.Context(), msg); got != delivery.Taken {
			t.Fatalf("it is %s (%v)", got, err)
		}
		read, err := mail.ReadMessage(strings.NewReader(box.got))
		if err != nil {
			t.Fatal(err)
		}
		if got, wanted := read.Header.Get("From"), `"Marlow accounts" <`+want+">"; got != wanted || box.from != "post@comity.invalid" || read.Header.Get("Sender") != "" {
			t.Errorf("it is from %s in an envelope from %s", got, box.from)
		}
	}
}
