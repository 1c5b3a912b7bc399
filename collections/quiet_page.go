package collections

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"comity/domain"
)

// A hush makes what is on file into what a debtor may see that is not told of a sale (F-44). The zero
// changes nothing.
type hush struct{ hides }

// hushOf is the hush of a page as it is on file.
func hushOf(page domain.DebtorPage) hush {
	if page.Disclosure != domain.Confidential {
		return hush{}
	}
	return hush{hiding(domain.Organization{Name: page.Factor, Email: page.FactorEmail}, domain.Organization{Name: page.Seller, Email: page.SellerEmail})}
}

// page puts the seller into the factor's place, and takes the factor's names out of what parties wrote
// before it was refused to them. What the debtor wrote itself is its own, and stays.
func (h hush) page(page domain.DebtorPage) domain.DebtorPage {
	if !h.any() {
		return page
	}
	page.Factor, page.FactorEmail = page.Seller, page.SellerEmail
	page.Mediations, page.Outside, page.Cards = nil, nil, nil
	page.Items = each(page.Items, func(i domain.DebtorItem) domain.DebtorItem {
		i.InvoiceNumber, i.OrderReference, i.Summary, i.NoticeOn = h.out(i.InvoiceNumber), h.out(i.OrderReference), h.out(i.Summary), domain.Date{}
		if h.in(i.Account.Holder) != "" {
			i.Account.Holder = page.Seller
		}
		return i
	})
	page.Disputes = each(page.Disputes, h.dispute)
	page.Notes = each(page.Notes, func(n domain.Note) domain.Note {
		if n.Side != sideDebtor {
			n.Side, n.Said = string(domain.KindSeller), h.out(n.Said)
		}
		return n
	})
	page.Questions = each(page.Questions, func(q domain.Question) domain.Question {
		q.Answer, q.Understood = h.out(q.Answer), h.out(q.Understood)
		return q
	})
	page.Plans = each(page.Plans, func(p domain.Plan) domain.Plan {
		p.Note = h.out(p.Note)
		return p
	})
	return page
}

// dispute returns a dispute whose seller's words do not name the factor.
func (h hush) dispute(d domain.Dispute) domain.Dispute {
	d.Answer, d.CreditNumber = h.out(d.Answer), h.out(d.CreditNumber)
	return d
}

// file returns a file as one of the seller's, by a name that does not name the factor.
func (h hush) file(e domain.Evidence) domain.Evidence {
	if h.any() && e.Side != sideDebtor {
		e.Side, e.By, e.FileName = string(domain.KindSeller), domain.UserID{}, h.fileName(e.FileName, e.MediaType)
	}
	return e
}

// fileName returns the name of a file, or one that says nothing where it names the factor.
func (h hush) fileName(name, mediaType string) string {
	words := strings.NewReplacer("-", " ", "_", " ", "+", " ").Replace(strings.TrimSuffix(name, path.Ext(name)))
	if h.in(name) != "" || h.in(words) != "" {
		return domain.EvidenceName("file", mediaType)
	}
	return name
}

func each[T any](list []T, change func(T) T) []T {
	list = slices.Clone(list)
	for i := range list {
		list[i] = change(list[i])
	}
	return list
}

// hushIn is the hush that a case asks for.
func hushIn(ctx context.Context, tx Tx, kase domain.Case) (hush, error) {
	if !isQuiet(kase) {
		return hush{}, nil
	}
	factor, err := tx.Organization(ctx, kase.Factor)
	if err != nil {
		return hush{}, fmt.Errorf("read factor: %w", err)
	}
	seller, err := tx.Organization(ctx, kase.Seller)
	if err != nil && !errors.Is(err, domain.ErrNotFound) { // a factor does not see the row of its seller: it writes without its name, should that hold its own
		return hush{}, fmt.Errorf("read seller: %w", err)
	}
	return hush{hiding(factor, seller)}, nil
}

// discreet refuses with domain.ErrInvalid what a party writes for a debtor that is not told: the name of
// the factor, and of the factor's people the words of a sale too. A seller may say what it sold.
func discreet(ctx context.Context, tx Tx, by domain.Caller, kase domain.Case, field, said string) error {
	h, err := hushIn(ctx, tx, kase)
	if err != nil || !h.any() {
		return err
	}
	word := h.in(said)
	if word == "" && by.Kind == domain.KindFactor {
		word = hidden.FindString(said)
	}
	if word == "" {
		return nil
	}
	return domain.ErrInvalid.Because("the debtor reads it, and is not told of the sale").At(field, "not-told", fmt.Sprintf("leave out %q", word))
}

// discreetFile is discreet for a file: its name may be changed, what is in it may not.
func discreetFile(ctx context.Context, tx Tx, by domain.Caller, kase domain.Case, file *domain.Evidence, content []byte) error {
	h, err := hushIn(ctx, tx, kase)
	if err != nil || !h.any() {
		return err
	}
	file.FileName = h.fileName(file.FileName, file.MediaType)
	text := string(content)
	if file.MediaType == "text/plain" {
		return discreet(ctx, tx, by, kase, "/file", text)
	}
	if h.in(text) != "" || h.in(wide(content)) != "" { // such as who made it; a picture of the name is not seen
		return domain.ErrInvalid.Because("the debtor reads it, and is not told of the sale").At("/file", "not-told", "the file names the factor")
	}
	return nil
}

// wide reads bytes as text of two bytes a letter, as programs write names into files.
func wide(content []byte) string {
	var text strings.Builder
	for _, part := range bytes.Split(content, []byte{0xfe, 0xff})[1:] {
		units := make([]uint16, 0, min(len(part)/2, 500))
		for i := 0; i+1 < len(part) && len(units) < cap(units); i += 2 {
			units = append(units, uint16(part[i])<<8|uint16(part[i+1]))
		}
		text.WriteString(string(utf16.Decode(units)) + "\n")
	}
	return text.String()
}
