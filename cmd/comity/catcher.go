package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// A catcher is a mail server that keeps what it gets in files, for the mail of
// sandboxes and of a machine that has no mail server, and a page to read it on.
type catcher struct {
	dir string
	log *slog.Logger
}

const maxCaughtBytes = 5 << 20

// catchMail runs the catcher's mail server and page until ctx ends. The config then says where they
// listen: port 0 in it is any that is free.
func (a *app) catchMail(ctx context.Context) error {
	c, log := &a.config, a.log
	k := &catcher{dir: filepath.Join(c.DataDir, "mail"), log: log}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return fmt.Errorf("make mail folder: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &caught{catcher: k}, nil }))
	server.Domain, server.MaxMessageBytes, server.MaxRecipients = "catcher.invalid", maxCaughtBytes, 50
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	mailbox, err := new(net.ListenConfig).Listen(ctx, "tcp", c.CatcherSMTP)
	if err != nil {
		return fmt.Errorf("catch mail: %w", err)
	}
	reading, err := new(net.ListenConfig).Listen(ctx, "tcp", c.CatcherHTTP)
	if err != nil {
		return errors.Join(fmt.Errorf("show caught mail: %w", err), mailbox.Close())
	}
	c.CatcherSMTP, c.CatcherHTTP = mailbox.Addr().String(), reading.Addr().String()
	page := &http.Server{Handler: k.routes(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
		_ = page.Close()
	}()
	go func() {
		if err := page.Serve(reading); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.ErrorContext(ctx, "mail page stopped", "error", err)
		}
	}()
	go func() {
		if err := server.Serve(mailbox); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			log.ErrorContext(ctx, "mail catcher stopped", "error", err)
		}
	}()
	return nil
}

// caught is one mail being received.
type caught struct {
	catcher *catcher
	from    string
	to      []string
}

// Mail implements smtp.Session.
func (s *caught) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session. An address that begins with "bounce" is refused
// for good, one with "later" for now: so that both can be tried.
func (s *caught) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "bounce"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	case strings.HasPrefix(to, "later"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *caught) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.eml", time.Now().UTC().Format("20060102T150405.000000"), secret(4))
	envelope := "X-Envelope-To: " + strings.Join(s.to, ", ") + "\r\n"
	return os.WriteFile(filepath.Join(s.catcher.dir, name), append([]byte(envelope), data...), 0o600)
}

// Reset implements smtp.Session.
func (s *caught) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *caught) Logout() error { return nil }

// A letter is a caught mail as it would be read.
type letter struct {
	File      string `json:"file"`
	To        string `json:"to"`
	From      string `json:"from"`
	Subject   string `json:"subject"`
	Date      string `json:"date"`
	MessageID string `json:"message_id"`
	ReplyTo   string `json:"reply_to"`
	Text      string `json:"text"`
}

func (k *catcher) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, r *http.Request) {
		letters, err := k.letters(r.URL.Query().Get("to"), r.URL.Query().Get("after"))
		if err != nil {
			http.Error(w, "cannot read the mail folder", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(letters); err != nil {
			k.log.WarnContext(r.Context(), "mail list broke off", "error", err)
		}
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		letters, err := k.letters("", "")
		if err != nil {
			http.Error(w, "cannot read the mail folder", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		_, _ = io.WriteString(w, mailPage(letters)) // a reader who left needs no answer
	})
	return mux
}

func mailPage(letters []letter) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		`<title>Mail</title><style>body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;font:inherit}` +
		`details{border-top:1px solid #ccc;padding:.5rem 0}small{color:#555}</style><h1>Mail</h1>`)
	for i := len(letters) - 1; i >= 0 && i >= len(letters)-200; i-- {
		l := letters[i]
		fmt.Fprintf(&b, "<details><summary>%s<br><small>%s · to %s · from %s</small></summary><pre>%s</pre></details>",
			html.EscapeString(l.Subject), html.EscapeString(l.Date), html.EscapeString(l.To), html.EscapeString(l.From), html.EscapeString(l.Text))
	}
	return b.String()
}

// letters reads the caught mail to an address ("" for all) that came after a
// file, in the order in which it came.
func (k *catcher) letters(to, after string) ([]letter, error) {
	names, err := filepath.Glob(filepath.Join(k.dir, "*.eml"))
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	letters := []letter{}
	for _, name := range names {
		if after != "" && filepath.Base(name) <= after {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		l, err := readLetter(data)
		if err != nil || to != "" && !strings.EqualFold(l.To, to) {
			continue
		}
		l.File = filepath.Base(name)
		letters = append(letters, l)
	}
	return letters, nil
}

func readLetter(data []byte) (letter, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return letter{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		subject = msg.Header.Get("Subject")
	}
	from, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("From"))
	if err != nil {
		from = msg.Header.Get("From")
	}
	l := letter{
		To: msg.Header.Get("X-Envelope-To"), From: from, Subject: subject, Date: msg.Header.Get("Date"),
		MessageID: strings.Trim(msg.Header.Get("Message-Id"), "<>"), ReplyTo: strings.Trim(msg.Header.Get("Reply-To"), "<>"),
	}
	l.Text, err = plainText(msg.Header, msg.Body)
	return l, err
}

// plainText returns the first text part of a mail or of a part of it.
func plainText(header interface{ Get(string) string }, body io.Reader) (string, error) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return decodeText(header.Get("Content-Transfer-Encoding"), body)
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return "", err
		}
		if kind := part.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/plain") || strings.HasPrefix(kind, "multipart/") {
			return plainText(part.Header, part)
		}
	}
}

func decodeText(encoding string, r io.Reader) (string, error) {
	if strings.EqualFold(encoding, "quoted-printable") {
		r = quotedprintable.NewReader(r)
	}
	text, err := io.ReadAll(r)
	return string(text), err
}
