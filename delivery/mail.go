// Package delivery is what leaves the process: mail, for now. It is fed by jobs
// only and knows no rule of the business.
package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// A Message is one mail to one recipient.
type Message struct {
	FromName   string
	From       string // "": the mailer's own, which is the envelope sender of all
	ReplyTo    string // "" answers to the sender
	To         string
	Subject    string
	Text, HTML string // HTML may be empty
	MessageID  string // without angle brackets
	InReplyTo  string // without angle brackets; "" for the first of a thread
	References []string
	At         time.Time // the Date header
	Attached   []Attachment
}

// An Attachment is a file that goes with a message.
type Attachment struct {
	Name, MediaType string
	Bytes           []byte
}

// An Outcome says what a mail server made of a message.
type Outcome string

// The outcomes there are. Unknown is never tried again by machine: the message
// may have been taken.
const (
	Taken     Outcome = "taken"     // the recipient's server, or ours for it, said 250
	Temporary Outcome = "temporary" // refused for now
	Permanent Outcome = "permanent" // refused for good
	Unknown   Outcome = "unknown"   // the answer to the message was lost
)

// A Mailer sends through one SMTP server.
type Mailer struct {
	host     string
	port     int
	user     string
	password string
	tls      mail.TLSPolicy
	from     string
	dkim     map[string]*dkim // by domain; none sends unsigned
}

// NewMailer reads where mail goes from a URL: smtp://host:port for a server on
// this machine, smtps://user:password@host:port with STARTTLS required. from is
// the envelope sender.
func NewMailer(address, from string) (*Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the mail server's address is not smtp://host:port") // it may hold a password: it is not quoted
	}
	m := &Mailer{host: u.Hostname(), port: 25, tls: mail.NoTLS, from: from}
	if u.Scheme == "smtps" {
		m.port, m.tls = 587, mail.TLSMandatory
	} else if u.Scheme != "smtp" {
		return nil, fmt.Errorf("the address of mail server %s is neither smtp:// nor smtps://", m.host)
	}
	if u.Port() != "" {
		if m.port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("port of mail server %s: %w", m.host, err)
		}
	}
	m.user = u.User.Username()
	m.password, _ = u.User.Password()
	return m, nil
}

// Send hands a message to the server and says what became of it; the error is
// the server's words.
func (m *Mailer) Send(ctx context.Context, msg Message) (Outcome, error) {
	out, err := m.compose(msg)
	if err != nil {
		return Permanent, err
	}
	options := []mail.Option{mail.WithPort(m.port), mail.WithTLSPolicy(m.tls), mail.WithTimeout(20 * time.Second), mail.WithHELO("comity.invalid")}
	if m.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthPlain), mail.WithUsername(m.user), mail.WithPassword(m.password),
			mail.WithTLSConfig(&tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}))
	}
	client, err := mail.NewClient(m.host, options...)
	if err != nil {
		return Temporary, fmt.Errorf("set up mail: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return Temporary, fmt.Errorf("reach mail server: %w", err)
	}
	defer client.Close()
	return judge(client.Send(out))
}

func (m *Mailer) compose(msg Message) (*mail.Msg, error) {
	out := mail.NewMsg()
	from := msg.From
	if from == "" {
		from = m.from
	}
	if err := out.FromFormat(msg.FromName, from); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := out.EnvelopeFrom(m.from); err != nil { // what cannot be delivered comes back here
		return nil, fmt.Errorf("envelope sender: %w", err)
	}
	if err := out.To(msg.To); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if msg.ReplyTo != "" {
		if err := out.ReplyTo(msg.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply address: %w", err)
		}
	}
	out.Subject(msg.Subject)
	out.SetDateWithValue(msg.At)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: machines do not answer it
	out.SetMessageIDWithValue(msg.MessageID)
	if msg.InReplyTo != "" {
		out.SetGenHeader(mail.HeaderInReplyTo, "<"+msg.InReplyTo+">")
	}
	var thread string
	for _, id := range msg.References {
		thread += "<" + id + "> "
	}
	if thread != "" {
		out.SetGenHeader(mail.HeaderReferences, thread[:len(thread)-1])
	}
	out.SetBodyString(mail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		out.AddAlternativeString(mail.TypeTextHTML, msg.HTML)
	}
	for _, file := range msg.Attached {
		if err := out.AttachReader(file.Name, bytes.NewReader(file.Bytes), mail.WithFileContentType(mail.ContentType(file.MediaType))); err != nil {
			return nil, fmt.Errorf("attach %s: %w", file.Name, err)
		}
	}
	return out, m.sign(out, msg.At)
}

// judge turns what the client says into an outcome. When the connection broke
// after the text was sent, nobody knows.
func judge(err error) (Outcome, error) {
	if err == nil {
		return Taken, nil
	}
	failed, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return Temporary, err
	}
	if failed.Reason == mail.ErrSMTPDataClose && failed.ErrorCode() == 0 {
		return Unknown, err
	}
	if _, network := errors.AsType[net.Error](err); network || failed.IsTemp() || failed.ErrorCode() == 0 {
		return Temporary, err
	}
	return Permanent, err
}
