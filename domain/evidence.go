package domain

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"comity/money"
)

// How much evidence a dispute takes.
const (
	MaxEvidenceBytes = 10 << 20 // of one file
	MaxEvidenceFiles = 10       // of one dispute
)

// evidenceTypes are the kinds of files that are taken, by what is in them, and how
// the name of each ends.
var evidenceTypes = []struct {
	mediaType string
	words     string
	endings   []string
}{
	{"application/pdf", "PDF", []string{".pdf"}},
	{"image/png", "PNG", []string{".png"}},
	{"image/jpeg", "JPEG", []string{".jpg", ".jpeg"}},
	{"text/plain", "text", []string{".txt"}},
}

// EvidenceTypes lists the media types that are taken.
func EvidenceTypes() []string {
	types := make([]string, len(evidenceTypes))
	for i, t := range evidenceTypes {
		types[i] = t.mediaType
	}
	return types
}

// Evidence is a file that a party attached to a dispute: its debtor, its seller and
// its factor see it, and nobody changes it.
type Evidence struct {
	ID        EvidenceID
	Dispute   DisputeID
	Case      CaseID
	Factor    OrganizationID
	Seller    OrganizationID
	Blob      BlobID
	Side      string // who attached it: debtor, seller or factor
	By        UserID // zero: the debtor
	FileName  string
	MediaType string // as its content is, whatever it was called
	Size      int64
	SHA256    []byte
	At        time.Time
}

// Words says in a word what kind of file it is.
func (e Evidence) Words() string {
	for _, t := range evidenceTypes {
		if t.mediaType == e.MediaType {
			return t.words
		}
	}
	return "file"
}

// A Disputed is what evidence is about: the dispute, and what it has already.
type Disputed struct {
	ID            DisputeID
	World         WorldID
	Case          CaseID
	Factor        OrganizationID
	Seller        OrganizationID
	Deal          DealID
	InvoiceNumber string
	Debtor        string // as its seller calls it
	Status        DisputeStatus
	Amount        money.Amount
	Evidence      []Evidence
}

// Takes refuses with [ErrWrongState] once the dispute is resolved, and with
// [ErrInvalid] when a side has as much evidence as it may have: no side fills it for another.
func (d Disputed) Takes(side string) error {
	if d.Status == DisputeResolved {
		return ErrWrongState.Because("the dispute is resolved").In(string(d.Status), string(DisputeOpen), string(DisputeAnswered), string(DisputeMediation))
	}
	if EvidenceOf(d.Evidence, side) >= MaxEvidenceFiles {
		return ErrInvalid.At("/file", "too-many", "a dispute takes at most 10 files of each side")
	}
	return nil
}

// EvidenceOf counts the files of one side.
func EvidenceOf(files []Evidence, side string) int {
	n := 0
	for _, f := range files {
		if f.Side == side {
			n++
		}
	}
	return n
}

const maxFileName = 150

// FileName returns the last element of a name that a client gave, without what
// a file system or a header could misread; otherwise when nothing is left.
func FileName(name, otherwise string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(strings.TrimSpace(name)); len(runes) > maxFileName {
		name = string(runes[:maxFileName])
	}
	if name = strings.Trim(strings.TrimSpace(name), ". "); name == "" {
		return otherwise
	}
	return name
}

// EvidenceName returns what a file of a media type is called: its own name, ending
// as its content does. What is called a page and is a text becomes "page.html.txt".
func EvidenceName(name, mediaType string) string {
	for _, t := range evidenceTypes {
		if t.mediaType != mediaType {
			continue
		}
		name = FileName(name, "evidence")
		ending := ""
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			ending = strings.ToLower(name[dot:])
		}
		if !slices.Contains(t.endings, ending) {
			name += t.endings[0]
		}
	}
	return name
}
