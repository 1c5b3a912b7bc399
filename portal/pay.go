package portal

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/skip2/go-qrcode"

	"comity/domain"
)

// sepa lists the countries whose accounts take a SEPA credit transfer.
var sepa = strings.Fields("AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA")

// transfer is the text of a payment code (EPC069-12, version 2): a credit transfer over
// what is open of an invoice, with its reference. It is "" where the account takes none,
// or is not shown in full: a code stands only on a page whose link was confirmed (D-6).
func transfer(page domain.DebtorPage, item domain.DebtorItem) string {
	number := item.Account.Number
	if !page.Confirmed || number.IBAN() == "" || item.Open.Currency() != "EUR" || !item.Open.Positive() || !slices.Contains(sepa, number.Country()) {
		return ""
	}
	const longestName = 70
	name := []rune(strings.Join(strings.Fields(item.Account.Holder), " "))
	return strings.Join([]string{
		"BCD", "002", "1", "SCT", "", string(name[:min(len(name), longestName)]), number.IBAN(), "EUR" + item.Open.Decimal(), "", item.Reference.String(), "", "",
	}, "\n")
}

// drawn draws a payment code as a picture inside the page: nothing is loaded for it. It is
// dark on light whatever the page's colours are, so that every app can read it.
func drawn(text string) template.HTML {
	code, err := qrcode.New(text, qrcode.Medium) // the correction that EPC069-12 asks for
	if text == "" || err != nil {                // what does not fit is not drawn: the account stands beside it
		return ""
	}
	cells := code.Bitmap()
	var path strings.Builder
	for y, row := range cells {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
		}
	}
	//nolint:gosec // the path is made of numbers only
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" aria-hidden="true" focusable="false"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		len(cells), len(cells), len(cells), len(cells), path.String()))
}
