package marketplace

import (
	"context"
	"fmt"
	"time"

	"comity/domain"
)

// feedHour is when a factor is told that a bank file is missing, in its zone (D-21).
const feedHour = 8

// nextMorning is the next banking day's alarm after an instant.
func nextMorning(now time.Time, factor domain.Organization, banking domain.Calendar) time.Time {
	return banking.Add(today(now, factor.Zone()), 1).At(feedHour, 0, factor.Zone())
}

// CheckFeed tells a factor, on the morning of a banking day, that the statement
// of the last completed banking day is missing for an account into which a
// debtor may pay: until it is there nobody is reminded. An account that nobody
// owes into is not watched any more.
func (s *Service) CheckFeed(ctx context.Context, world domain.WorldID, id domain.AccountID, due time.Time) error {
	event := domain.New[domain.EventID]()
	return s.work(ctx, "check_feed", world, due, func(tx Tx, by domain.Caller) error {
		watched, err := tx.WatchedAccount(ctx, id)
		if err != nil {
			return err
		}
		if watched.Next.IsZero() || watched.Next.After(due) {
			return nil
		}
		if !watched.Owed {
			return tx.WatchFeed(ctx, id, time.Time{})
		}
		banking := domain.BankingDays(watched.Account.Currency, watched.Account.Number.Country())
		if err := tx.WatchFeed(ctx, id, nextMorning(due, watched.Factor, banking)); err != nil {
			return fmt.Errorf("watch feed: %w", err)
		}
		needed := banking.Add(today(due, watched.Factor.Zone()), -1)
		through, err := coverage(ctx, tx, id)
		if err != nil || !through.Before(needed) {
			return err
		}
		return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{{
			ID: event, World: world, Kind: "feed.missing", Factor: watched.Factor.ID, At: by.Now,
			Said: fmt.Sprintf("The bank's file of %s for the account %s is missing: until it is loaded nobody is reminded who may have paid into it.",
				needed.Short(), watched.Account.Number.Masked()),
		}}})
	})
}
