package formats

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"comity/domain"
)

// EvidenceType returns the media type of a file that is given as evidence, found
// by its content: a PDF without anything that acts, a PNG or JPEG picture, or plain
// text. It refuses with domain.ErrUnsupported what is none of them, an archive or a
// page among it, and with domain.ErrInvalid a PDF that acts, carries other files or
// cannot be looked into.
func EvidenceType(data []byte) (string, error) {
	switch {
	case len(data) == 0:
		return "", domain.ErrInvalid.At("/file", "empty", "the file is empty")
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "application/pdf", quietPDF(data)
	case bytes.HasPrefix(data, pngStart):
		if !wholePNG(data) {
			return "", domain.ErrInvalid.At("/file", "broken", "the picture ends in the middle, or something follows it")
		}
		return "image/png", nil
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		if !bytes.Contains(data, []byte{0xff, 0xd9}) {
			return "", domain.ErrInvalid.At("/file", "broken", "the picture ends in the middle")
		}
		return "image/jpeg", nil
	case plainText(data):
		return "text/plain", nil
	}
	return "", domain.ErrUnsupported.Because("the content is no PDF, no PNG or JPEG picture and no plain text")
}

var pngStart = []byte("\x89PNG\r\n\x1a\n")

// wholePNG walks the chunks of a picture: the first is its header, and nothing
// stands after the last.
func wholePNG(data []byte) bool {
	at := len(pngStart)
	for first := true; ; first = false {
		if len(data)-at < 12 {
			return false
		}
		size, kind := int(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if size > len(data)-at-12 || first != (kind == "IHDR") {
			return false
		}
		at += 12 + size
		if kind == "IEND" {
			return at == len(data)
		}
	}
}

// plainText reports whether data is text for people: UTF-8 without control
// characters, and not the beginning of a page or of a document of tags.
func plainText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) || r == 0x7f
	})
}
