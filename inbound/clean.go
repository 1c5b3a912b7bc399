package inbound

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text safe to show and to search: valid UTF-8, lines that end in
// "\n", plain spaces, nothing that is invisible or turns the writing around.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case r == '\u00a0' || r == '\u202f' || r == '\u3000' || r >= '\u2000' && r <= '\u200a':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, s)
}

// invisible reports control characters, zero-width ones, and those that reorder text.
func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' ||
		r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe0fff
}

// oneLine cleans a value that must not break a line.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == '\n' || r == '\t' || r == ' ' }), " "))
}

// cut shortens s to at most limit bytes, between characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// tidy trims the lines' ends and keeps at most one empty line between others.
func tidy(s string) string {
	var b strings.Builder
	empty := 1
	for line := range strings.SplitSeq(s, "\n") {
		if trimmed := strings.TrimRight(line, " \t"); trimmed != "--" {
			line = trimmed
		}
		if line == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if empty > 0 {
				b.WriteString("\n")
			}
		}
		b.WriteString(line)
		empty = 0
	}
	return b.String()
}
