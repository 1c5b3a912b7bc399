package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// inboundKey is the secret of whoever delivers mail in tests.
const inboundKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// deliver posts a mail as a service that receives it would.
func (s *scene) deliver(mail string, at time.Time, change func(http.Header)) (int, string) {
	s.t.Helper()
	hook, err := webhooks.NewWebhook(inboundKey)
	s.must(err)
	signature, err := hook.Sign("msg_1", at, []byte(mail))
	s.must(err)
	response, body := s.fetch(s.t, http.MethodPost, "/v1/inbound/mail", []byte(mail), func(r *http.Request) {
		r.Header.Set("Content-Type", "message/rfc822")
		r.Header.Set("webhook-id", "msg_1")
		r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
		r.Header.Set("webhook-signature", signature)
		if change != nil {
			change(r.Header)
		}
	})
	return response.StatusCode, string(body)
}

// replyTo returns where answers to the last letter to the debtor go.
func (s *scene) replyTo() string {
	s.t.Helper()
	letters, err := s.letters(s.t.Context(), s.debtor)
	s.must(err)
	return letters[len(letters)-1].ReplyTo
}

// TestADebtorAnswersByMail: the answer to a real letter finds its case by the address that
// the letter names, rests it, is shown to both sides, and is answered in the thread; who
// cannot sign it delivers nothing, and the same mail again changes nothing.
func TestADebtorAnswersByMail(t *testing.T) {
	s := newScene(t)
	replyTo := s.replyTo()
	if !strings.HasPrefix(replyTo, "reply+") || !strings.HasSuffix(replyTo, "@comity.invalid") {
		t.Fatalf("the letter's answers go to %q", replyTo)
	}
	mail := "From: AP <" + s.debtor + ">\r\nTo: " + replyTo + "\r\nMessage-ID: <2@seeblick.example>\r\nSubject: Re: your notice\r\n\r\nWhich purchase order does invoice 111 belong to?\r\n"
	for name, change := range map[string]func(http.Header){
		"no signature":      func(h http.Header) { h.Del("webhook-signature") },
		"another signature": func(h http.Header) { h.Set("webhook-signature", "v1,"+strings.Repeat("A", 43)+"=") },
		"another id":        func(h http.Header) { h.Set("webhook-id", "msg_2") },
	} {
		if status, body := s.deliver(mail, time.Now(), change); status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, body := s.deliver(mail, time.Now().Add(-10*time.Minute), nil); status != http.StatusUnauthorized {
		t.Errorf("an old one: %d %s", status, body)
	}
	status, first := s.deliver(mail, time.Now(), nil)
	again, second := s.deliver(mail, time.Now(), nil)
	if status != http.StatusAccepted || again != http.StatusAccepted || first != second {
		t.Fatalf("delivered: %d %s, again: %d %s", status, first, again, second)
	}
	var replies struct {
		Data []struct {
			ID         string
			CaseID     string `json:"case_id"`
			QuestionID string `json:"question_id"`
			Said       string
			FromKnown  bool `json:"from_known"`
		}
	}
	for name, by := range map[string]*client{"the factor": s.eastbrook, "the seller": s.alice.client} {
		s.must(by.signIn(t.Context()))
		s.must(by.get(t.Context(), "/v1/cases/"+s.kase+"/replies", &replies))
		if len(replies.Data) != 1 || replies.Data[0].CaseID != s.kase || !replies.Data[0].FromKnown || replies.Data[0].Said != "Which purchase order does invoice 111 belong to?" {
			t.Errorf("%s reads %+v", name, replies.Data)
		}
		response, raw := s.fetch(t, http.MethodGet, "/v1/replies/"+replies.Data[0].ID+"/mail", nil, header("Authorization", "Bearer "+by.token))
		if response.Header.Get("Content-Type") != "message/rfc822" || string(raw) != mail {
			t.Errorf("%s reads the mail as %s", name, raw)
		}
	}
	s.must(s.eastbrook.post(t.Context(), "/v1/questions/"+replies.Data[0].QuestionID+"/answer", map[string]any{"answer": "Order PO 4471.", "reply_id": replies.Data[0].ID}, nil))
	s.quiet()
	letters, err := s.letters(t.Context(), s.debtor)
	s.must(err)
	if last := letters[len(letters)-1]; !strings.Contains(last.Text, "Order PO 4471.") {
		t.Errorf("the answer is\n%s", last.Text)
	}
}

// TestASecretForTheDoorIsOne: with a short one, or with none, anybody signs.
func TestASecretForTheDoorIsOne(t *testing.T) {
	for secret, taken := range map[string]bool{
		inboundKey: true, "whsec_": false, "whsec_AA==": false, "aGk=": false, strings.TrimPrefix(inboundKey, "whsec_"): false, "whsec_%": false,
	} {
		if hook, err := (config{InboundKey: secret}).inbound(); (err == nil) != taken || (hook != nil) != taken {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// TestAMailIsClosedOverHTTP: the whole of one mail is read, put aside with a note, and the
// case goes on; nobody else puts it aside, and nobody twice.
func TestAMailIsClosedOverHTTP(t *testing.T) {
	s := newScene(t)
	mail := "From: " + s.debtor + "\r\nTo: " + s.replyTo() + "\r\nMessage-ID: <4@seeblick.example>\r\nSubject: Re: your notice\r\n\r\n" + strings.Repeat("We will look. ", 400)
	if status, body := s.deliver(mail, time.Now(), nil); status != http.StatusAccepted {
		t.Fatalf("delivered: %d %s", status, body)
	}
	type reply struct {
		ID         string
		QuestionID string `json:"question_id"`
		Said       string
	}
	var listed struct{ Data []reply }
	var whole reply
	s.must(s.eastbrook.signIn(t.Context()))
	s.must(s.eastbrook.get(t.Context(), "/v1/replies", &listed))
	s.must(s.eastbrook.get(t.Context(), "/v1/replies/"+listed.Data[0].ID, &whole))
	if len(listed.Data[0].Said) != 2000 || len(whole.Said) < 5000 {
		t.Errorf("the list has %d characters, the mail %d", len(listed.Data[0].Said), len(whole.Said))
	}
	var closed struct {
		ByMail     bool    `json:"by_mail"`
		AnsweredAt *string `json:"answered_at"`
		Answer     *string
	}
	path := "/v1/questions/" + whole.QuestionID + "/close"
	s.must(s.eastbrook.post(t.Context(), path, map[string]any{"reply_id": whole.ID, "note": "They look into it."}, &closed))
	if !closed.ByMail || closed.AnsweredAt == nil || closed.Answer != nil {
		t.Errorf("closed as %+v", closed)
	}
	if err := s.eastbrook.post(t.Context(), path, map[string]any{"reply_id": whole.ID, "note": "Again."}, nil); err == nil {
		t.Error("it is closed twice")
	}
	if err := s.alice.post(t.Context(), path, map[string]any{"reply_id": whole.ID, "note": "Mine."}, nil); err == nil {
		t.Error("the seller closes it")
	}
}
