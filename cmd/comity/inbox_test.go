package main

import (
	"io"
	"log"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

type imapLiteral struct{ *strings.Reader }

// Size implements imap.LiteralReader.
func (l imapLiteral) Size() int64 { return l.Reader.Size() }

// mailbox runs a real IMAP server with one mail in it and returns its address.
func mailbox(t *testing.T, mail string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	user := imapmemserver.NewUser("post", "secret")
	backend := imapmemserver.New()
	backend.AddUser(user)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := user.Append("INBOX", imapLiteral{strings.NewReader(mail)}, new(imap.AppendOptions)); err != nil {
		t.Fatal(err)
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return backend.NewSession(), nil, nil
		},
		Logger: log.New(io.Discard, "", 0), InsecureAuth: true,
	})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "imap://post:secret@" + listener.Addr().String()
}

// TestTheMailboxIsRead: a mail that lies in the mailbox reaches its case, and is read once.
func TestTheMailboxIsRead(t *testing.T) {
	s := newScene(t)
	s.app.config.Inbox = mailbox(t, "From: AP <"+s.debtor+">\r\nTo: "+s.replyTo()+"\r\nMessage-ID: <3@seeblick.example>\r\nSubject: Hello\r\n\r\nWhen was this delivered?\r\n")
	inbox, err := s.app.inbox()
	s.must(err)
	w := &worker{app: s.app}
	for range 2 {
		_, err := inbox.Take(t.Context(), w.receive)
		s.must(err)
	}
	var replies struct{ Data []struct{ Said string } }
	s.must(s.eastbrook.signIn(t.Context()))
	s.must(s.eastbrook.get(t.Context(), "/v1/cases/"+s.kase+"/replies", &replies))
	if len(replies.Data) != 1 || replies.Data[0].Said != "When was this delivered?" {
		t.Errorf("the case has %+v", replies.Data)
	}
}
