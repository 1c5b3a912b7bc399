package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"comity/api"
	"comity/delivery"
	"comity/domain"
)

// cardAccounts are the factors' accounts with the card processor. A factor that has none takes
// no money by card, and nothing on its debtors' pages speaks of cards.
type cardAccounts struct {
	url string
	mu  sync.RWMutex
	of  map[domain.OrganizationID]*delivery.CardAccount
}

// cardAccounts reads the file that COMITY_CARDS names: secrets stand in no table.
func (c config) cardAccounts() (*cardAccounts, error) {
	all := &cardAccounts{url: c.CardsURL, of: map[domain.OrganizationID]*delivery.CardAccount{}}
	if c.Cards == "" {
		return all, nil
	}
	data, err := os.ReadFile(c.Cards)
	if err != nil {
		return nil, fmt.Errorf("COMITY_CARDS: %w", err)
	}
	var named map[string]struct {
		Key           string `json:"key"`
		WebhookSecret string `json:"webhook_secret"`
	}
	reader := json.NewDecoder(bytes.NewReader(data))
	reader.DisallowUnknownFields() // what is misspelt must not be ignored
	if err := reader.Decode(&named); err != nil {
		return nil, errors.New(`COMITY_CARDS: the file is not {"org_…": {"key": "…", "webhook_secret": "…"}}`) // it is not repeated: it holds secrets
	}
	for id, account := range named {
		factor, err := domain.ParseOrganizationID(id)
		if err == nil {
			err = all.add(factor, account.Key, account.WebhookSecret)
		}
		if err != nil {
			return nil, fmt.Errorf("COMITY_CARDS: %s: %w", id, err)
		}
	}
	return all, nil
}

func (a *cardAccounts) add(factor domain.OrganizationID, key, webhookSecret string) error {
	account, err := delivery.NewCardAccount(a.url, key, webhookSecret)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of[factor] = account
	return nil
}

func (a *cardAccounts) account(factor domain.OrganizationID) *delivery.CardAccount {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.of[factor]
}

// desk returns who reads what a factor's card processor says; nil where nobody does.
func (a *cardAccounts) desk(factor domain.OrganizationID) api.CardDesk {
	if account := a.account(factor); account != nil {
		return account
	}
	return nil
}

// takes reports whether a factor takes money by card in a sandbox, or outside: an account of real
// money is for the live world, and one of a test is for sandboxes.
func (a *cardAccounts) takes(factor domain.OrganizationID, sandbox bool) bool {
	account := a.account(factor)
	return account != nil && account.Live() != sandbox
}

// card does a job at the card processor: the call stands between two transactions, and the same
// call again, after a worker died, is the same one to the processor.
func (w *worker) card(ctx context.Context, world domain.World, job domain.ClaimedJob, now time.Time) error {
	last := job.Attempts >= liveTries || world.Sandbox && job.Attempts >= maxTries
	switch job.Kind {
	case domain.JobCardOpen:
		return w.openCard(ctx, world, domain.CardID{UUID: job.Ref}, now, last)
	case domain.JobCardClose:
		return w.closeCard(ctx, world, domain.CardID{UUID: job.Ref}, now, last)
	default:
		return w.listCardPayout(ctx, world, domain.CardPayoutID{UUID: job.Ref}, now, last)
	}
}

// openCard asks for the page of a payment.
func (w *worker) openCard(ctx context.Context, world domain.World, id domain.CardID, now time.Time, last bool) error {
	order, err := w.cases.CardOrder(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !w.cards.takes(order.Factor, world.Sandbox) {
		return w.cases.CardFailed(ctx, world.ID, id, "the factor has no account with a card processor here", now)
	}
	token := w.links.Token(order.Back)
	if token == "" {
		return fmt.Errorf("there is no key of version %d for links", order.Back.KeyVersion)
	}
	account := w.cards.account(order.Factor)
	session, err := account.Open(ctx, order, w.config.PublicURL+"/d/"+token+"/paid-by-card/"+id.String())
	if refused, told := errors.AsType[*delivery.CardRefusal](err); told || err != nil && last {
		why := "the card processor does not answer"
		if told {
			why = refused.Error()
		}
		return w.cases.CardFailed(ctx, world.ID, id, why, now)
	}
	if err != nil {
		return err
	}
	err = w.cases.CardReady(ctx, world.ID, id, session, now)
	if errors.Is(err, domain.ErrWrongState) {
		return account.Close(ctx, session.ID) // it was called off meanwhile
	}
	return err
}

// closeCard asks to close a page that nobody is to pay on any more. One that is over already is
// news that comes by itself.
func (w *worker) closeCard(ctx context.Context, world domain.World, id domain.CardID, now time.Time, last bool) error {
	card, err := w.cases.CardToClose(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) || err == nil && !w.cards.takes(card.Factor, world.Sandbox) {
		return nil
	}
	if err != nil {
		return err
	}
	err = w.cards.account(card.Factor).Close(ctx, card.Session)
	if _, told := errors.AsType[*delivery.CardRefusal](err); told || err != nil && last {
		w.log.WarnContext(ctx, "a card processor's page could not be closed", "card", id.String(), "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	return w.cases.CardClosed(ctx, world.ID, id, now)
}

// listCardPayout asks what a payout holds, and applies it when its money is there already.
func (w *worker) listCardPayout(ctx context.Context, world domain.World, id domain.CardPayoutID, now time.Time, last bool) error {
	payout, err := w.market.CardPayout(ctx, world.ID, id, now)
	if errors.Is(err, domain.ErrNotFound) {
		return w.market.TakeCardPayout(ctx, world.ID, id, now)
	}
	if err != nil {
		return err
	}
	var entries []domain.CardEntry
	why := "The factor has no account with the processor any more."
	if w.cards.takes(payout.Factor, world.Sandbox) {
		entries, err = w.cards.account(payout.Factor).Entries(ctx, payout.Name)
		refused, told := errors.AsType[*delivery.CardRefusal](err)
		switch {
		case told:
			why = refused.Error() + "."
		case err != nil && last:
			why = "The processor does not say what it holds."
		case err != nil:
			return err
		default:
			why = ""
		}
	}
	if err := w.market.ListCardPayout(ctx, world.ID, id, entries, why, now); err != nil {
		return err
	}
	return w.market.TakeCardPayout(ctx, world.ID, id, now)
}
