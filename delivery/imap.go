package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

var (
	errSlow = errors.New("the mail server took too long")
	errLong = errors.New("the mail server says more than it was asked for")
)

// A line is a connection on which a server cannot talk without end.
type line struct {
	net.Conn
	left atomic.Int64 // bytes it may still say in this step
}

func (l *line) Read(p []byte) (int, error) {
	if l.left.Load() <= 0 {
		return 0, errLong
	}
	n, err := l.Conn.Read(p)
	l.left.Add(-int64(n))
	return n, err
}

// A session is one connection to a folder.
type session struct {
	line     *line
	client   *imapclient.Client
	patience time.Duration
	broken   bool // nothing more can be asked
}

func (i *Inbox) open(ctx context.Context) (*session, error) {
	conn, err := i.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{line: &line{Conn: conn}, patience: i.patience}
	s.line.left.Store(maxAnswer)
	s.client = imapclient.New(s.line, nil)
	err = s.step(ctx, "greeting", s.client.WaitGreeting)
	if err == nil {
		err = s.step(ctx, "log in", func() error {
			return i.withoutPassword(s.client.Login(i.user, i.password).Wait())
		})
	}
	if err == nil {
		err = s.step(ctx, "open folder", func() error {
			_, err := s.client.Select(i.folder, nil).Wait()
			return err
		})
	}
	if err != nil {
		s.broken = true
		s.close(ctx)
		return nil, err
	}
	return s, nil
}

// step asks the server something and closes the connection when ctx ends or the
// answer does not come in time. A refusal leaves the session usable, every other
// error breaks it.
func (s *session) step(ctx context.Context, name string, ask func() error) error {
	if err := ctx.Err(); err != nil {
		s.broken = true
		return fmt.Errorf("%s: %w", name, err)
	}
	timed, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	stop := context.AfterFunc(timed, func() { _ = s.line.Close() })
	defer stop()
	s.line.left.Store(maxAnswer)
	err := ask()
	if err == nil {
		return nil
	}
	if ended := whyEnded(ctx, timed); ended != nil {
		s.broken = true
		return fmt.Errorf("%s: %w", name, ended)
	}
	if _, refused := errors.AsType[*imap.Error](err); !refused {
		s.broken = true
	}
	return fmt.Errorf("%s: %w", name, err)
}

// whyEnded tells a caller who gave up from a server that was too slow, and is
// nil when neither happened.
func whyEnded(caller, timed context.Context) error {
	if err := caller.Err(); err != nil {
		return err
	}
	if timed.Err() != nil {
		return errSlow
	}
	return nil
}

// close says goodbye if anybody listens. It is not CLOSE, which would delete.
func (s *session) close(ctx context.Context) {
	if !s.broken && ctx.Err() == nil {
		_ = s.step(ctx, "log out", func() error { return s.client.Logout().Wait() })
	}
	_ = s.client.Close()
}

// unseen returns the lowest UIDs of mails without \Seen, in order.
func (s *session) unseen(ctx context.Context) ([]imap.UID, error) {
	var found imap.UIDSet
	err := s.step(ctx, "search", func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
		found, _ = data.All.(imap.UIDSet)
		return err
	})
	if err != nil {
		return nil, err
	}
	found = slices.SortedFunc(slices.Values(found), func(a, b imap.UIDRange) int { return cmp.Compare(a.Start, b.Start) })
	var uids []imap.UID
	for _, r := range found { // not AllUIDs: a range can name billions
		if r.Start == 0 || r.Stop < r.Start {
			return nil, fmt.Errorf("search: the mail server names no mails: %d:%d", r.Start, r.Stop)
		}
		for uid := uint64(r.Start); uid <= uint64(r.Stop) && len(uids) < mailsACall; uid++ {
			uids = append(uids, imap.UID(uid))
		}
	}
	return uids, nil
}

// take gives one mail to handle and marks it. It reports whether both were done.
func (s *session) take(ctx context.Context, uid imap.UID, handle func(ctx context.Context, raw []byte) error) (bool, error) {
	size, err := s.size(ctx, uid)
	if err != nil || size < 0 {
		return false, err
	}
	raw, err := s.body(ctx, uid, size)
	if err != nil {
		return false, err
	}
	if err := handle(ctx, raw); err != nil {
		return false, err
	}
	err = s.step(ctx, "mark as seen", func() error {
		seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
		return s.client.Store(imap.UIDSetNum(uid), seen, nil).Close()
	})
	return err == nil, err
}

// size returns a mail's length in bytes, or -1 when it has gone from the folder.
func (s *session) size(ctx context.Context, uid imap.UID) (int64, error) {
	size := int64(-1)
	err := s.fetch(ctx, uid, &imap.FetchOptions{RFC822Size: true}, func(item imapclient.FetchItemData) error {
		if found, ok := item.(imapclient.FetchItemDataRFC822Size); ok {
			size = found.Size
		}
		return nil
	})
	return size, err
}

// body reads a mail without marking it, and no more of it than maxMail, even
// when the size that the server told is wrong.
func (s *session) body(ctx context.Context, uid imap.UID, size int64) ([]byte, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	if size > maxMail {
		section.Partial = &imap.SectionPartial{Offset: 0, Size: maxMail}
	}
	var raw []byte
	err := s.fetch(ctx, uid, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}, func(item imapclient.FetchItemData) error {
		found, ok := item.(imapclient.FetchItemDataBodySection)
		if !ok || found.Literal == nil {
			return nil
		}
		raw = make([]byte, min(found.Literal.Size(), maxMail))
		_, err := io.ReadFull(found.Literal, raw)
		return err
	})
	if err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, errors.New("the mail server gave no text of it")
	}
	return raw, nil
}

// fetch asks for items of one mail and passes on those that come.
func (s *session) fetch(ctx context.Context, uid imap.UID, options *imap.FetchOptions, read func(imapclient.FetchItemData) error) error {
	return s.step(ctx, "fetch", func() error {
		command := s.client.Fetch(imap.UIDSetNum(uid), options)
		var failed error
		for mail := command.Next(); mail != nil; mail = command.Next() {
			for item := mail.Next(); item != nil; item = mail.Next() {
				failed = cmp.Or(failed, read(item))
			}
		}
		return cmp.Or(command.Close(), failed)
	})
}
