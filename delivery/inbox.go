package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxMail     = 25<<20 + 1<<10   // bytes of one mail that are read
	maxAnswer   = 2 * maxMail      // bytes that the server may say in one step
	mailsACall  = 100              // mails that one call of Take looks at
	stepsWithin = 60 * time.Second // the longest that one step on the network may take
)

// An Inbox is a folder of an IMAP server that is read for replies.
type Inbox struct {
	host, port     string
	user, password string
	folder         string
	encrypted      bool
	roots          *x509.CertPool // nil trusts what the system trusts
	patience       time.Duration  // for one step on the network
}

// NewInbox reads where mail arrives from a URL:
// imaps://user:password@host:993/Folder with TLS from the first byte on and a
// certificate that is checked, or imap://user:password@host:143/Folder without
// TLS, for a server on this machine only. Port and folder may be left out; the
// folder is then INBOX. What is not a letter or digit in user, password and
// folder is percent-encoded. No error holds the password.
func NewInbox(address string) (*Inbox, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User == nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		// What url.Parse says quotes the address, so it is not passed on.
		return nil, errors.New("mailbox address is not imaps://user:password@host/Folder, with @ : / ? # and % in the user, password or folder percent-encoded")
	}
	i := &Inbox{host: u.Hostname(), port: u.Port(), folder: strings.TrimPrefix(u.Path, "/"), patience: stepsWithin}
	i.user = u.User.Username()
	i.password, _ = u.User.Password()
	if i.user == "" || i.password == "" {
		return nil, fmt.Errorf("mailbox address for %s has no user or no password", i.host)
	}
	if strings.ContainsFunc(i.user+i.password+i.folder, unicode.IsControl) {
		return nil, fmt.Errorf("mailbox address for %s has a control character in the user, password or folder", i.host)
	}
	if i.folder == "" {
		i.folder = "INBOX"
	}
	usual := "993"
	switch {
	case u.Scheme == "imaps":
		i.encrypted = true
	case u.Scheme != "imap":
		return nil, fmt.Errorf("mailbox address for %s is neither imaps:// nor imap://", i.host)
	case !thisMachine(i.host):
		return nil, fmt.Errorf("mailbox address: imap:// sends the password in the clear, so %s needs imaps://", i.host)
	default:
		usual = "143"
	}
	if i.port == "" {
		i.port = usual
	}
	if n, err := strconv.ParseUint(i.port, 10, 16); err != nil || n == 0 {
		return nil, fmt.Errorf("mailbox address for %s: the port is not 1 to 65535", i.host)
	}
	return i, nil
}

func thisMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// String names the folder and its server, without the password.
func (i *Inbox) String() string {
	return fmt.Sprintf("%s of %s at %s", i.folder, i.user, net.JoinHostPort(i.host, i.port))
}

// Take gives the mails that are not marked as seen to handle, oldest UID first,
// and marks each one as seen when handle returned nil. It says how many were
// handled and marked. It deletes nothing.
//
// A mail whose handling failed stays unseen and is given again by the next call;
// Take goes on with the next mail and returns all errors joined. A call looks at
// 100 mails at most, so a mail that can never be handled must be answered with
// nil: 100 of them would hide what came later.
//
// Handle may be called again for a mail that it has already taken, because the
// mark is set afterwards and can be lost. The receiver knows a mail by its
// digest. A mail longer than 25 MiB and 1 KiB arrives cut to that length.
//
// Each step on the network (to connect, to log in, to fetch one mail) may take
// 60 seconds. When ctx is done, the connection is closed and ctx's error is
// among those returned.
func (i *Inbox) Take(ctx context.Context, handle func(ctx context.Context, raw []byte) error) (taken int, err error) {
	s, err := i.open(ctx)
	if err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", i, err)
	}
	defer s.close(ctx)
	uids, err := s.unseen(ctx)
	if err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", i, err)
	}
	var failed []error
	for _, uid := range uids {
		done, err := s.take(ctx, uid, handle)
		if done {
			taken++
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("mailbox %s: mail %d: %w", i, uid, err))
		}
		if s.broken {
			break
		}
		if ctx.Err() != nil {
			failed = append(failed, fmt.Errorf("mailbox %s: %w", i, ctx.Err()))
			break
		}
	}
	return taken, errors.Join(failed...)
}

func (i *Inbox) dial(ctx context.Context) (net.Conn, error) {
	timed, cancel := context.WithTimeout(ctx, i.patience)
	defer cancel()
	address := net.JoinHostPort(i.host, i.port)
	var conn net.Conn
	var err error
	if i.encrypted {
		config := &tls.Config{ServerName: i.host, MinVersion: tls.VersionTLS12, RootCAs: i.roots}
		conn, err = (&tls.Dialer{Config: config}).DialContext(timed, "tcp", address)
	} else {
		conn, err = new(net.Dialer).DialContext(timed, "tcp", address)
	}
	if err != nil {
		if ended := whyEnded(ctx, timed); ended != nil {
			err = ended
		}
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

// withoutPassword keeps what the server said about a login, unless it repeats
// the password.
func (i *Inbox) withoutPassword(err error) error {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(i.password)
	if err != nil && (strings.Contains(err.Error(), i.password) || strings.Contains(err.Error(), quoted)) {
		return errors.New("the server's answer repeats the password and is not shown")
	}
	return err
}
