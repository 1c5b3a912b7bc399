package portal

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"comity/domain"
	"comity/money"
)

const (
	maxFormBytes = 64 << 10
	maxSaid      = 2000 // characters that a debtor may write at once
)

// form is what a debtor typed, kept so that a refused form comes back filled.
type form struct {
	Action, Deal string
	typed        map[string]string

	deal   domain.DealID
	amount money.Amount
	day    domain.Date
	key    string
	hash   []byte
}

// hidden says which field names what a deed is about, beside an invoice.
var hidden = map[about]string{aboutDispute: "dispute", aboutPlan: "plan", aboutMediation: "mediation"}

// named reads that field from an address or from a form.
func named(from func(string) string, a about) map[string]string {
	typed := map[string]string{}
	if name, ok := hidden[a]; ok {
		typed[name] = from(name)
	}
	return typed
}

// read reads the form of a deed; it refuses what cannot be read, and a nonce that
// was not made for this link.
func (p *portal) read(c *gin.Context, v visit, d deed) (form, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFormBytes)
	if err := c.Request.ParseForm(); err != nil {
		return form{}, domain.ErrUnreadable.Because("the form did not arrive whole")
	}
	f := form{Action: d.verb, Deal: c.PostForm("deal"), typed: named(c.PostForm, d.about)}
	all := []string{f.Action, f.Deal, f.typed[hidden[d.about]]}
	for _, name := range d.fields {
		typed := c.PostForm(name)
		if name != "said" {
			typed = strings.TrimSpace(typed)
		}
		f.typed[name] = typed
		all = append(all, typed)
	}
	key, ok := p.Door.key(v.link, c.PostForm("nonce"))
	if !ok {
		return f, domain.ErrUnreadable.Because("the page was too old")
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", append(all, c.PostForm("currency"))))
	f.key, f.hash = key, sum[:]
	return f, f.parse(d, c.PostForm("currency"))
}

// parse reads what was typed into a deed's form, in the currency of its invoice.
func (f *form) parse(d deed, currency string) error {
	if f.Deal != "" {
		deal, err := domain.ParseDealID(f.Deal)
		if err != nil {
			return domain.ErrNotFound
		}
		f.deal = deal
	}
	if slices.Contains(d.fields, "amount") {
		known, err := money.ParseCurrency(currency)
		if err != nil {
			return domain.ErrInvalid.At("/amount", "other-currency", "the currency is not known here")
		}
		if f.amount, err = typedAmount(f.typed["amount"], known); err != nil {
			return domain.ErrInvalid.At("/amount", "not-an-amount", err.Error())
		}
	}
	if slices.Contains(d.fields, "day") {
		day, err := domain.ParseDate(f.typed["day"])
		if err != nil {
			return domain.ErrInvalid.At("/day", "not-a-day", err.Error())
		}
		f.day = day
	}
	return nil
}

// typedAmount reads an amount as people type it: "10000", "10,000.00",
// "10 000,00", "USD 10,000.00". What could be two amounts is none.
func typedAmount(typed string, currency money.Currency) (money.Amount, error) {
	text := strings.TrimSpace(strings.ReplaceAll(strings.ToUpper(typed), string(currency), ""))
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "").Replace(text)
	places := int(currency.Places())
	whole, fraction := text, ""
	if at := strings.LastIndexAny(text, ".,"); at >= 0 {
		mark, tail := text[at], text[at+1:]
		switch {
		case len(tail) == places && places > 0 && strings.Count(text, string(mark)) == 1:
			whole, fraction = text[:at], tail
		case len(tail) != 3 || mark == '.' && !strings.Contains(text, ",") && strings.Count(text, ".") == 1 && places > 0:
			return money.Amount{}, fmt.Errorf("amount %q has two readings", typed)
		}
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	for i, group := range groups {
		if i > 0 && len(group) != 3 {
			return money.Amount{}, fmt.Errorf("amount %q is not grouped by thousands", typed)
		}
	}
	if whole = strings.Join(groups, ""); places > 0 {
		whole += "." + fraction + strings.Repeat("0", places-len(fraction))
	}
	return money.Parse(whole, currency)
}
