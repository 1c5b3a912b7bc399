package delivery_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"comity/delivery"
)

const secret = `pä"ss\w/o@r:d#?%`

// A wire notes what a server is told.
type wire struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *wire) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// serve runs a real IMAP server with the folders INBOX and "Re: äé" and returns
// its user and all that was said.
func serve(t *testing.T, listener net.Listener) (*imapmemserver.User, *wire) {
	t.Helper()
	user := imapmemserver.NewUser("post@comity.invalid", secret)
	for _, folder := range []string{"INBOX", "Re: äé"} {
		if err := user.Create(folder, nil); err != nil {
			t.Fatal(err)
		}
	}
	backend := imapmemserver.New()
	backend.AddUser(user)
	said := new(wire)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return backend.NewSession(), nil, nil
		},
		Logger:       log.New(io.Discard, "", 0),
		InsecureAuth: true,
		DebugWriter:  said,
	})
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return user, said
}

func deliver(t *testing.T, user *imapmemserver.User, folder string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := user.Append(folder, literal{strings.NewReader(text)}, new(imap.AppendOptions)); err != nil {
			t.Fatal(err)
		}
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func inbox(t *testing.T, scheme string, listener net.Listener, password, folder string) *delivery.Inbox {
	t.Helper()
	address := url.URL{Scheme: scheme, User: url.UserPassword("post@comity.invalid", password), Host: listener.Addr().String(), Path: "/" + folder}
	i, err := delivery.NewInbox(address.String())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func reply(subject string) string {
	return "From: Dana <dana@harborpine.example>\r\nSubject: " + subject + "\r\n\r\n.Paid on Friday: 1.50 €.\r\n"
}

// TestTakeInOrder: mails come whole and in order, one whose handling fails stays
// unseen and comes again, the others do not; nothing is deleted.
func TestTakeInOrder(t *testing.T) {
	listener := listen(t)
	user, said := serve(t, listener)
	deliver(t, user, "INBOX", reply("one"), reply("two"), reply("three"))
	box := inbox(t, "imap", listener, secret, "")
	refused := errors.New("no room")
	var got []string
	taken, err := box.Take(t.Context(), func(_ context.Context, raw []byte) error {
		got = append(got, string(raw))
		if strings.Contains(string(raw), "two") {
			return refused
		}
		return nil
	})
	if taken != 2 || !errors.Is(err, refused) || !strings.Contains(err.Error(), "mail 2") {
		t.Errorf("took %d (%v)", taken, err)
	}
	if want := []string{reply("one"), reply("two"), reply("three")}; !slices.Equal(got, want) {
		t.Errorf("it got %q, want %q", got, want)
	}
	for _, want := range []string{"two", ""} {
		got = nil
		taken, err = box.Take(t.Context(), func(_ context.Context, raw []byte) error {
			got = append(got, string(raw))
			return nil
		})
		if err != nil || taken != len(got) || (want == "") != (taken == 0) || (want != "" && !slices.Equal(got, []string{reply(want)})) {
			t.Errorf("took %d (%v): %q, want %q", taken, err, got, want)
		}
	}
	state, err := user.Status("INBOX", &imap.StatusOptions{NumMessages: true, NumUnseen: true, NumDeleted: true})
	if err != nil || *state.NumMessages != 3 || *state.NumUnseen != 0 || *state.NumDeleted != 0 {
		t.Errorf("the folder is %+v (%v)", state, err)
	}
	for _, want := range []string{"UID SEARCH UNSEEN", "BODY.PEEK[])", `+FLAGS.SILENT (\Seen)`, "LOGOUT"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q was not said:\n%s", want, said)
		}
	}
}

// TestTakeHasALimit: 100 mails a call, the rest in the next.
func TestTakeHasALimit(t *testing.T) {
	listener := listen(t)
	user, _ := serve(t, listener)
	for n := range 103 {
		deliver(t, user, "Re: äé", reply(fmt.Sprint(n)))
	}
	box := inbox(t, "imap", listener, secret, "Re: äé")
	for _, want := range []int{100, 3, 0} {
		if taken, err := box.Take(t.Context(), func(context.Context, []byte) error { return nil }); taken != want || err != nil {
			t.Errorf("took %d (%v), want %d", taken, err, want)
		}
	}
}

// TestALongMailIsCut: no more of it than the limit is asked for.
func TestALongMailIsCut(t *testing.T) {
	listener := listen(t)
	user, said := serve(t, listener)
	long := reply("long") + strings.Repeat("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n", 26<<20/64)
	deliver(t, user, "INBOX", long)
	taken, err := inbox(t, "imap", listener, secret, "").Take(t.Context(), func(_ context.Context, raw []byte) error {
		if len(raw) != delivery.MaxMail || string(raw) != long[:delivery.MaxMail] {
			t.Errorf("it got %d bytes, want the first %d", len(raw), delivery.MaxMail)
		}
		return nil
	})
	if taken != 1 || err != nil {
		t.Errorf("took %d (%v)", taken, err)
	}
	if want := fmt.Sprintf("BODY.PEEK[]<0.%d>", delivery.MaxMail); !strings.Contains(said.String(), want) {
		t.Errorf("%q was not said", want)
	}
}

// TestLoginAndFolder: what is wrong is said, the password is not.
func TestLoginAndFolder(t *testing.T) {
	listener := listen(t)
	serve(t, listener)
	tests := map[string]struct{ password, folder, want string }{
		"wrong password": {"wröng-secret", "", "log in"},
		"no such folder": {secret, "Nowhere", "open folder"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			box := inbox(t, "imap", listener, tc.password, tc.folder)
			taken, err := box.Take(t.Context(), never(t))
			if taken != 0 || err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("took %d (%v), want an error of %q", taken, err, tc.want)
			}
			if strings.Contains(err.Error(), tc.password) || strings.Contains(fmt.Sprintf("%v %+v", box, box), tc.password) {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}

func never(t *testing.T) func(context.Context, []byte) error {
	t.Helper()
	return func(context.Context, []byte) error {
		t.Error("there is no mail to handle")
		return nil
	}
}

// script is a server that says what it is told to, one answer for each line that
// it hears. It returns a channel that is closed when the caller hung up.
func script(t *testing.T, listener net.Listener, greeting string, answer func(heard string) string) <-chan struct{} {
	t.Helper()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, greeting)
		var line []byte
		for one := make([]byte, 1); ; {
			if _, err := conn.Read(one); err != nil {
				return
			}
			if line = append(line, one[0]); one[0] == '\n' {
				_, _ = io.WriteString(conn, answer(string(line)))
				line = nil
			}
		}
	}()
	return gone
}

// TestAPasswordInAnAnswer: a server that repeats the command is not quoted.
func TestAPasswordInAnAnswer(t *testing.T) {
	listener := listen(t)
	script(t, listener, "* OK [CAPABILITY IMAP4rev1] hello\r\n", func(heard string) string {
		tag, command, _ := strings.Cut(strings.TrimSpace(heard), " ")
		return tag + " BAD what is " + command + "\r\n"
	})
	_, err := inbox(t, "imap", listener, `hush"hush`, "").Take(t.Context(), never(t))
	if err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "not shown") {
		t.Errorf("it says %v", err)
	}
}

// TestAServerThatHangs ends with the context or with our patience, and either
// way the connection is closed.
func TestAServerThatHangs(t *testing.T) {
	for name, greeting := range map[string]string{"silent": "", "after hello": "* OK [CAPABILITY IMAP4rev1] hello\r\n", "in the middle": "* OK [CAPA"} {
		for _, scheme := range []string{"imap", "imaps"} {
			t.Run(name+" "+scheme, func(t *testing.T) {
				listener := listen(t)
				ctx, cancel := context.WithCancel(t.Context())
				accepted := &accepting{Listener: listener, then: cancel}
				gone := script(t, accepted, greeting, func(string) string { return "" })
				if taken, err := inbox(t, scheme, listener, secret, "").Take(ctx, never(t)); taken != 0 || err == nil || (greeting == "" && !errors.Is(err, context.Canceled)) {
					t.Errorf("took %d (%v)", taken, err)
				}
				<-gone
			})
		}
	}
	listener := listen(t)
	gone := script(t, listener, "* OK [CAPABILITY IMAP4rev1] hello\r\n", func(string) string { return "" })
	box := inbox(t, "imap", listener, secret, "")
	box.Hurry(20 * time.Millisecond)
	if _, err := box.Take(t.Context(), never(t)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("it says %v", err)
	}
	<-gone
}

type accepting struct {
	net.Listener
	then func()
}

func (a *accepting) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	a.then()
	return conn, err
}

// TestCancelledWhileHandling: the mail in hand stays unseen, the next is not given.
func TestCancelledWhileHandling(t *testing.T) {
	listener := listen(t)
	user, _ := serve(t, listener)
	deliver(t, user, "INBOX", reply("one"), reply("two"))
	for name, answer := range map[string]error{"taken": nil, "failed": errors.New("stopped")} {
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		taken, err := inbox(t, "imap", listener, secret, "").Take(ctx, func(context.Context, []byte) error {
			calls++
			cancel()
			return answer
		})
		if taken != 0 || calls != 1 || !errors.Is(err, context.Canceled) || (answer != nil && !errors.Is(err, answer)) {
			t.Errorf("%s: took %d in %d calls (%v)", name, taken, calls, err)
		}
	}
	if taken, err := inbox(t, "imap", listener, secret, "").Take(t.Context(), func(context.Context, []byte) error { return nil }); taken != 2 || err != nil {
		t.Errorf("later it took %d (%v)", taken, err)
	}
}

// TestAServerThatIsOdd: a mail that went away, one that is refused, a size that
// is not true, and a search that names billions do no harm.
func TestAServerThatIsOdd(t *testing.T) {
	listener := listen(t)
	gone := script(t, listener, "* OK [CAPABILITY IMAP4rev1] hello\r\n", func(heard string) string {
		tag, command, _ := strings.Cut(strings.TrimSpace(heard), " ")
		ok := tag + " OK done\r\n"
		switch {
		case strings.HasPrefix(command, "UID SEARCH"):
			return "* ESEARCH (TAG \"" + tag + "\") UID ALL 7:4294967295\r\n" + ok
		case command == "UID FETCH 7 (UID RFC822.SIZE)":
			return ok
		case command == "UID FETCH 8 (UID RFC822.SIZE)", strings.Contains(command, "STORE 9 "):
			return tag + " NO not now\r\n"
		case strings.HasSuffix(command, "RFC822.SIZE)"):
			return "* 1 FETCH (UID " + strings.Fields(command)[2] + " RFC822.SIZE 5)\r\n" + ok
		case strings.HasPrefix(command, "UID FETCH 10 "):
			return "* 1 FETCH (UID 10 BODY[] NIL)\r\n" + ok
		case strings.HasPrefix(command, "UID FETCH 12 "):
			return "* 1 FETCH (UID 12 BODY[] {9000000000}\r\nand so on"
		case strings.HasPrefix(command, "UID FETCH"):
			return "* 1 FETCH (UID " + strings.Fields(command)[2] + " BODY[] {7}\r\nA: b\r\n\r)\r\n" + ok
		}
		return ok
	})
	box := inbox(t, "imap", listener, "hush", "")
	box.Hurry(2 * time.Second) // ends the mail that goes on
	calls := 0
	taken, err := box.Take(t.Context(), func(context.Context, []byte) error {
		calls++
		return nil
	})
	if taken != 1 || calls != 2 || err == nil { // 11; 9 was handled and not marked
		t.Errorf("took %d in %d calls (%v)", taken, calls, err)
	}
	for _, want := range []string{"mail 8: fetch", "mail 9: mark", "mail 10: the mail server gave no text", "mail 12: fetch"} {
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
	<-gone
}

// TestTheCertificateIsChecked: a server that nobody vouches for is not spoken to.
func TestTheCertificateIsChecked(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	inner := listen(t)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	user, _ := serve(t, tls.NewListener(inner, config))
	deliver(t, user, "INBOX", reply("one"))

	box := inbox(t, "imaps", inner, secret, "")
	if _, err := box.Take(t.Context(), never(t)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("it says %v", err)
	}
	box.Trust(roots)
	if taken, err := box.Take(t.Context(), func(context.Context, []byte) error { return nil }); taken != 1 || err != nil {
		t.Errorf("took %d (%v)", taken, err)
	}
	config.MaxVersion = tls.VersionTLS11
	if _, err := box.Take(t.Context(), never(t)); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

func TestMailboxAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"imaps://ann:hush@mail.example":                            "INBOX of ann at mail.example:993",
		"imaps://ann%40mail.example:hu%2Fsh@mail.example/":         "INBOX of ann@mail.example at mail.example:993",
		"imaps://ann:hush@mail.example:1993/Arch%20ive/2026%2F%C3": "Arch ive/2026/\xc3 of ann at mail.example:1993",
		"imap://ann:hush@localhost":                                "INBOX of ann at localhost:143",
		"imap://ann:hush@[::1]:1143/Replies":                       "Replies of ann at [::1]:1143",
	} {
		if i, err := delivery.NewInbox(address); err != nil || i.String() != want {
			t.Errorf("%s is %v (%v), want %s", address, i, err, want)
		}
	}
	for name, address := range map[string]string{
		"in the clear":      "imap://ann:hush@mail.example",
		"in the clear, IP":  "imap://ann:hush@192.0.2.1/INBOX",
		"no scheme":         "ann:hush@mail.example",
		"other scheme":      "https://ann:hush@mail.example",
		"no host":           "imaps://ann:hush@/INBOX",
		"no user":           "imaps://mail.example/hush",
		"no password":       "imaps://ann@mail.example",
		"empty password":    "imaps://ann:@mail.example",
		"raw slash":         "imaps://ann:hush/hush@mail.example",
		"raw sharp":         "imaps://ann:hush#hush@mail.example",
		"raw question":      "imaps://ann:12?hush@mail.example",
		"raw percent":       "imaps://ann:hush%zz@mail.example",
		"raw space":         "imaps://ann:hush hush@mail.example",
		"port out of range": "imaps://ann:hush@mail.example:70000",
		"port is no number": "imaps://ann:x@mail.example:hush",
		"a line break":      "imaps://ann:hush@mail.example/a%0D%0Ab",
		"empty":             "",
	} {
		if i, err := delivery.NewInbox(address); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v (%v)", name, i, err)
		}
	}
}
