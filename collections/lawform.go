package collections

import (
	"encoding/hex"
	"strings"
)

// LawForm is the paragraph that the law of the debtor's place adds to a notice (F-40), in the words that
// counsel signed.
func (data letter) LawForm() string {
	return strings.NewReplacer("{factor}", data.Factor, "{seller}", data.Seller).Replace(data.Law.Text)
}

// version names the sources of a letter's words: its template's, and the row of law that it carries.
func (data letter) version(name string) string {
	if data.Law.Code == "" {
		return versions[name]
	}
	return versions[name] + "+" + data.Law.Code + "@" + hex.EncodeToString(data.Law.Digest())[:8]
}
