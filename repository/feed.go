package repository

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

const (
	lockWatched = `
SELECT to_jsonb(a) AS account, to_jsonb(o) AS factor,
       EXISTS (SELECT FROM deals d WHERE d.collection_account_id = a.id AND d.status IN ('made', 'paid_out') AND d.open_minor > 0) AS owed
  FROM bank_accounts a JOIN organizations o ON o.id = a.org_id WHERE a.id = $1 FOR UPDATE OF a`
	watchFeed = `
UPDATE bank_accounts SET feed_check_at = $2 WHERE id = $1`
	beginWatch = `
UPDATE bank_accounts SET feed_check_at = $2 WHERE id = $1 AND feed_check_at IS NULL`
)

// WatchedAccount locks a collection account and returns when its statements are
// looked for next, and whether anything is owed into it.
func (tx *Tx) WatchedAccount(ctx context.Context, id domain.AccountID) (domain.WatchedAccount, error) {
	var row struct {
		Account []byte `json:"account"`
		Factor  []byte `json:"factor"`
		Owed    bool   `json:"owed"`
	}
	if err := tx.get(ctx, &row, lockWatched, id.UUID); err != nil {
		return domain.WatchedAccount{}, fmt.Errorf("lock account %s: %w", id, err)
	}
	var account struct {
		accountRow
		Next timeCol `json:"feed_check_at"`
	}
	var factor organizationRow
	if err := loaded(row.Account, &account); err != nil {
		return domain.WatchedAccount{}, err
	}
	if err := loaded(row.Factor, &factor); err != nil {
		return domain.WatchedAccount{}, err
	}
	return domain.WatchedAccount{Account: account.account(), Factor: factor.organization(), Owed: row.Owed, Next: account.Next.Time}, nil
}

// WatchFeed says when an account's statements are looked for next; the zero
// time ends the watch.
func (tx *Tx) WatchFeed(ctx context.Context, id domain.AccountID, at time.Time) error {
	return tx.exec(ctx, watchFeed, id.UUID, instant(at))
}

// BeginWatch begins to look for an account's statements, if nobody does yet.
func (tx *Tx) BeginWatch(ctx context.Context, id domain.AccountID, at time.Time) error {
	return tx.exec(ctx, beginWatch, id.UUID, instant(at))
}
