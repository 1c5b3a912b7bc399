package marketplace

import (
	"context"
	"fmt"
	"slices"
	"time"

	"comity/domain"
)

const (
	mostApart      = 20
	eventDrift     = "model.drift"
	alertNotBefore = 24 * time.Hour // after the one before: a person has a day
)

// ModelComparison says how far a model's scores as the shadow are from the
// decisions beside which they stand, in the live world, for the platform.
func (s *Service) ModelComparison(ctx context.Context, by domain.Caller, name string) (domain.Comparison, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Comparison{}, err
	}
	var found domain.Comparison
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		if _, err := tx.Model(ctx, name); err != nil {
			return err
		}
		var err error
		found, err = tx.CompareShadow(ctx, name, mostApart)
		return err
	})
	return found, err
}

// ModelDrift holds what a model said, in the live world, against what happened, for
// the platform.
func (s *Service) ModelDrift(ctx context.Context, by domain.Caller, name string) (domain.Drift, error) {
	if err := by.Must(domain.KindPlatform); err != nil {
		return domain.Drift{}, err
	}
	var found domain.Drift
	err := s.read(ctx, by.In(domain.ScopeMarket), func(tx Tx) error {
		if _, err := tx.Model(ctx, name); err != nil {
			return err
		}
		var err error
		found, err = driftOf(ctx, tx, name, by.Now)
		return err
	})
	return found, err
}

func driftOf(ctx context.Context, tx Tx, name string, now time.Time) (domain.Drift, error) {
	forecasts, err := tx.Forecasts(ctx, name, domain.DateOf(now), domain.MostForecasts)
	return domain.DriftOf(forecasts), err
}

// WatchModel looks whether the live model still says what happens. When it does not
// it tells the platform by an event, at most once a day, and returns what it told.
func (s *Service) WatchModel(ctx context.Context, now time.Time) (string, error) {
	event := domain.New[domain.EventID]()
	var alert string
	err := s.read(ctx, domain.Caller{World: domain.LiveWorld, Now: now}.In(domain.ScopeWork), func(tx Tx) error {
		alert = ""
		used, err := tx.LockModels(ctx, "") // of several workers one looks at a time
		if err != nil {
			return err
		}
		at := slices.IndexFunc(used, func(m domain.Model) bool { return m.Status == domain.ModelLive })
		if at < 0 {
			return nil
		}
		last, err := tx.LastEvent(ctx, eventDrift)
		if err != nil || now.Before(last.Add(alertNotBefore)) {
			return err
		}
		drift, err := driftOf(ctx, tx, used[at].Name, now)
		if err != nil || drift.Alert() == "" {
			return err
		}
		alert = fmt.Sprintf("The model %s is to be looked at: %s.", used[at].Name, drift.Alert())
		return tx.SaveTrail(ctx, domain.Trail{Events: []domain.Event{{ID: event, World: domain.LiveWorld, Kind: eventDrift, Said: alert, At: now}}})
	})
	return alert, err
}
