package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v84"
	"github.com/stripe/stripe-go/v84/webhook"

	"comity/domain"
	"comity/money"
)

// StripeURL is where Stripe answers.
const StripeURL = "https://api.stripe.com"

// cardKey is the name under which our id of a payment stands in Stripe's metadata.
// Nothing else of ours does.
const cardKey = "comity_card"

// stripeTimeout is how long one call may take: a worker makes it, and nobody waits.
const stripeTimeout = 20 * time.Second

// mostEntries is how many lines of a payout are read; a longer one is a person's.
const mostEntries = 5000

// A CardRefusal is a processor's no for good: asking again changes nothing.
type CardRefusal struct{ Status, Reason string }

// Error implements error.
func (r *CardRefusal) Error() string {
	return "the card processor refused: " + r.Status + ": " + r.Reason
}

// A CardAccount is a factor's account with a card processor: Stripe.
type CardAccount struct {
	client *stripe.Client
	secret string // of its webhook
	live   bool
	plain  bool // the server's address is not https, and its pages' need not be
}

// NewCardAccount returns the account that a secret key is of, on the server at an
// address. The webhook's secret checks its news.
func NewCardAccount(address, key, webhookSecret string) (*CardAccount, error) {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, errors.New("the card processor's address is not http(s)://host")
	}
	kind, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(key, "sk_"), "rk_"), "_")
	if kind != "live" && kind != "test" || !strings.HasPrefix(key, "sk_") && !strings.HasPrefix(key, "rk_") {
		return nil, errors.New("the card processor's key does not begin with sk_live_, rk_live_, sk_test_ or rk_test_")
	}
	const fewest = 20 // characters: with fewer anybody signs
	if !strings.HasPrefix(webhookSecret, "whsec_") || len(webhookSecret) < fewest {
		return nil, errors.New("the secret of the card processor's webhook does not begin with whsec_, or is short")
	}
	backends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String(strings.TrimSuffix(address, "/")), HTTPClient: &http.Client{Timeout: stripeTimeout}, EnableTelemetry: stripe.Bool(false),
		MaxNetworkRetries: stripe.Int64(0), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, // our jobs try again, and log what they may
	})
	return &CardAccount{stripe.NewClient(key, stripe.WithBackends(backends)), webhookSecret, kind == "live", at.Scheme == "http"}, nil
}

// Live reports whether the account takes real money.
func (a *CardAccount) Live() bool { return a.live }

// Open asks for the page of a payment. The same order again is the same page. back is
// where the page leads back to. It refuses with [*CardRefusal].
func (a *CardAccount) Open(ctx context.Context, order domain.CardOrder, back string) (domain.CardSession, error) {
	id := order.ID.String()
	params := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("payment"), PaymentMethodTypes: []*string{stripe.String("card")}, SubmitType: stripe.String("pay"),
		ClientReferenceID: stripe.String(id), Metadata: map[string]string{cardKey: id},
		PaymentIntentData: &stripe.CheckoutSessionCreatePaymentIntentDataParams{Metadata: map[string]string{cardKey: id}},
		SuccessURL:        stripe.String(back), CancelURL: stripe.String(back), ExpiresAt: stripe.Int64(order.Expires.Unix()),
	}
	for _, part := range order.Parts {
		units, err := toStripe(part.Amount)
		if err != nil {
			return domain.CardSession{}, err
		}
		params.LineItems = append(params.LineItems, &stripe.CheckoutSessionCreateLineItemParams{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: stripe.String(strings.ToLower(string(part.Amount.Currency()))), UnitAmount: stripe.Int64(units),
				ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(part.Reference.Grouped())},
			},
		})
	}
	params.SetIdempotencyKey(id + "-open")
	session, err := a.client.V1CheckoutSessions.Create(ctx, params)
	if err != nil {
		return domain.CardSession{}, refusedBy(err)
	}
	at, err := url.Parse(session.URL)
	if err != nil || session.ID == "" || at.Host == "" || at.Scheme != "https" && (at.Scheme != "http" || !a.plain) {
		return domain.CardSession{}, &CardRefusal{"answer", "it names no page that can be opened"}
	}
	return domain.CardSession{ID: session.ID, URL: session.URL}, nil
}

// Close closes a page that nobody paid on. It refuses with [*CardRefusal] when it is
// over already.
func (a *CardAccount) Close(ctx context.Context, session string) error {
	params := &stripe.CheckoutSessionExpireParams{}
	params.SetIdempotencyKey(session + "-close")
	_, err := a.client.V1CheckoutSessions.Expire(ctx, session, params)
	return refusedBy(err)
}

// Entries lists what a payout holds, without the payout itself. It refuses with
// [*CardRefusal], also what is longer than a machine should read.
func (a *CardAccount) Entries(ctx context.Context, payout string) ([]domain.CardEntry, error) {
	params := &stripe.BalanceTransactionListParams{Payout: stripe.String(payout)}
	params.Limit = stripe.Int64(100)
	params.AddExpand("data.source")
	var entries []domain.CardEntry
	for line, err := range a.client.V1BalanceTransactions.List(ctx, params) {
		switch {
		case err != nil:
			return nil, refusedBy(err)
		case line.Type == stripe.BalanceTransactionTypePayout:
			continue
		case len(entries) == mostEntries:
			return nil, &CardRefusal{"length", "the payout has more lines than are read"}
		}
		entry, err := entryOf(line)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func entryOf(line *stripe.BalanceTransaction) (domain.CardEntry, error) {
	gross, err := fromStripe(line.Amount, line.Currency)
	if err != nil {
		return domain.CardEntry{}, err
	}
	fee, err := fromStripe(line.Fee, line.Currency)
	entry := domain.CardEntry{Type: string(line.Type), Gross: gross, Fee: fee}
	if paid := line.Type == stripe.BalanceTransactionTypeCharge || line.Type == stripe.BalanceTransactionTypePayment; paid && line.Source != nil && line.Source.Charge != nil {
		entry.Card = cardOf(line.Source.Charge.Metadata)
	}
	return entry, err
}

func cardOf(metadata map[string]string) domain.CardID {
	id, _ := domain.ParseCardID(metadata[cardKey]) // another's payment names none of ours
	return id
}

// Read reads news that Stripe signed, at most five minutes ago. It refuses with
// domain.ErrUnauthenticated what it did not, and with domain.ErrUnreadable what is not news.
func (a *CardAccount) Read(payload []byte, signature string) (domain.CardEvent, error) {
	if err := webhook.ValidatePayload(payload, signature, a.secret); err != nil {
		return domain.CardEvent{}, domain.ErrUnauthenticated.Because("the signature is missing, old or wrong")
	}
	event, err := webhook.ConstructEvent(payload, signature, a.secret)
	if err != nil || event.Data == nil || event.ID == "" {
		return domain.CardEvent{}, domain.ErrUnreadable.Because("it is no event of the version %s", stripe.APIVersion)
	}
	read := domain.CardEvent{ID: event.ID, Type: string(event.Type), Kind: domain.CardEventOther, Live: event.Livemode, At: time.Unix(event.Created, 0).UTC()}
	switch event.Type {
	case stripe.EventTypeCheckoutSessionCompleted, stripe.EventTypeCheckoutSessionAsyncPaymentSucceeded, stripe.EventTypeCheckoutSessionExpired:
		err = readSession(&read, event)
	case stripe.EventTypeChargeRefunded:
		var charge stripe.Charge
		if err = json.Unmarshal(event.Data.Raw, &charge); err == nil {
			read.Kind, read.Card = domain.CardEventRefunded, cardOf(charge.Metadata)
			read.Intent = intentOf(charge.PaymentIntent)
			read.Amount, err = fromStripe(charge.AmountRefunded, charge.Currency)
		}
	case stripe.EventTypeChargeDisputeCreated:
		var dispute stripe.Dispute
		if err = json.Unmarshal(event.Data.Raw, &dispute); err == nil {
			read.Kind, read.Intent = domain.CardEventDisputed, intentOf(dispute.PaymentIntent)
			read.Amount, err = fromStripe(dispute.Amount, dispute.Currency)
		}
	case stripe.EventTypePayoutPaid:
		err = readPayout(&read, event)
	default: // what we did not ask for is taken, and nothing follows
	}
	if err != nil {
		return domain.CardEvent{}, domain.ErrUnreadable.Because("the %s cannot be read", event.Type)
	}
	return read, nil
}

func readSession(read *domain.CardEvent, event stripe.Event) error {
	var session stripe.CheckoutSession
	if err := json.Unmarshal(event.Data.Raw, &session); err != nil {
		return err
	}
	read.Card, read.Session, read.Intent = cardOf(session.Metadata), session.ID, intentOf(session.PaymentIntent)
	switch {
	case event.Type == stripe.EventTypeCheckoutSessionExpired:
		read.Kind = domain.CardEventExpired
	case session.PaymentStatus == stripe.CheckoutSessionPaymentStatusPaid:
		read.Kind = domain.CardEventPaid
	default:
		read.Kind = domain.CardEventUnpaid
	}
	var err error
	read.Amount, err = fromStripe(session.AmountTotal, session.Currency)
	return err
}

func readPayout(read *domain.CardEvent, event stripe.Event) error {
	var payout stripe.Payout
	if err := json.Unmarshal(event.Data.Raw, &payout); err != nil {
		return err
	}
	amount, err := fromStripe(payout.Amount, payout.Currency)
	read.Kind, read.Amount = domain.CardEventPayout, amount
	read.Payout = domain.CardPayout{
		Name: payout.ID, Amount: amount, ArrivesOn: domain.DateOf(time.Unix(payout.ArrivalDate, 0).UTC()), Descriptor: payout.StatementDescriptor,
		Status: domain.CardPayoutAnnounced,
	}
	return err
}

func intentOf(intent *stripe.PaymentIntent) string {
	if intent == nil {
		return ""
	}
	return intent.ID
}

// refusedBy tells a no for good from one for now. What Stripe answers is not passed
// on as it is: it may repeat what was sent.
func refusedBy(err error) error {
	if err == nil {
		return nil
	}
	told, ok := errors.AsType[*stripe.Error](err)
	if _, lost := errors.AsType[*url.Error](err); lost || errors.Is(err, context.Canceled) {
		return fmt.Errorf("the card processor does not answer: %w", err)
	}
	if !ok {
		return errors.New("the card processor's answer cannot be read")
	}
	again := []int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests}
	if status := told.HTTPStatusCode; status >= 400 && status < 500 && !slices.Contains(again, status) {
		return &CardRefusal{fmt.Sprint(status), strings.TrimSpace(string(told.Type) + " " + string(told.Code) + " " + told.Param)}
	}
	return fmt.Errorf("the card processor answers %d (request %s)", told.HTTPStatusCode, told.RequestID)
}

// Stripe's minor units, where they are not those of ISO 4217: some currencies have
// none with it, and two that have none by ISO are written with two.
var (
	stripeNone = strings.Fields("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
	stripeTwo  = strings.Fields("ISK UGX")
)

func stripePlaces(c money.Currency) int32 {
	switch {
	case slices.Contains(stripeNone, string(c)):
		return 0
	case slices.Contains(stripeTwo, string(c)):
		return 2
	default:
		return c.Places()
	}
}

// toStripe returns an amount in Stripe's minor units.
func toStripe(a money.Amount) (int64, error) {
	units := a.Units()
	for range stripePlaces(a.Currency()) - a.Currency().Places() {
		units *= 10
	}
	if three := a.Currency().Places() == 3; three && units%10 != 0 {
		return 0, &CardRefusal{"amount", "its last decimal must be nought"}
	}
	if !a.Positive() || units < a.Units() {
		return 0, &CardRefusal{"amount", "it cannot be written"}
	}
	return units, nil
}

// fromStripe reads an amount in Stripe's minor units, which must be whole in ours.
func fromStripe(units int64, currency stripe.Currency) (money.Amount, error) {
	c, err := money.ParseCurrency(strings.ToUpper(string(currency)))
	if err != nil {
		return money.Amount{}, fmt.Errorf("read amount of the card processor: %w", err)
	}
	for range stripePlaces(c) - c.Places() {
		if units%10 != 0 {
			return money.Amount{}, fmt.Errorf("%d %s of the card processor is not whole here", units, c)
		}
		units /= 10
	}
	return money.Minor(units, c), nil
}
