package repository

import (
	"context"
	"net"
	"time"
)

// longestSilence is how long a server may say nothing after we wrote: longer
// than any statement_timeout of ours, so that only a dead peer meets it.
const longestSilence = 60 * time.Second

// deadlineDialer makes connections that give up on a peer that went away: a
// context alone does not unblock lib/pq on a dead connection.
type deadlineDialer struct {
	now     func() time.Time
	longest time.Duration
}

// Dial implements pq.Dialer.
func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, 5*time.Second)
}

// DialTimeout implements pq.Dialer.
func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}
	conn, err := dialer.Dial(network, address)
	return d.guarded(conn, err)
}

// DialContext implements pq.DialerContext.
func (d deadlineDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	return d.guarded(conn, err)
}

func (d deadlineDialer) guarded(conn net.Conn, err error) (net.Conn, error) {
	if err != nil || d.now == nil {
		return conn, err
	}
	return &guardedConn{Conn: conn, dialer: d}, nil
}

type guardedConn struct {
	net.Conn
	dialer deadlineDialer
}

// Write sets the deadline of the answer before it sends the question.
func (c *guardedConn) Write(b []byte) (int, error) {
	if err := c.SetDeadline(c.dialer.now().Add(c.dialer.longest)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
