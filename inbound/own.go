package inbound

import (
	"regexp"
	"strings"
)

// Own returns the lines of text that its sender wrote: without quoted history
// and its introductions, without signatures. What it takes out is still in the
// text, for people to see.
func Own(text string) string {
	lines := strings.Split(text, "\n")
	var own []string
	for i, keep := range ownLines(lines) {
		empty := strings.TrimSpace(lines[i]) == ""
		if !keep || empty && (len(own) == 0 || own[len(own)-1] == "") {
			continue
		}
		if empty {
			own = append(own, "")
			continue
		}
		own = append(own, lines[i])
	}
	return strings.TrimRight(strings.Join(own, "\n"), "\n")
}

// ownLines says of each line whether the sender wrote it.
func ownLines(lines []string) []bool {
	keep := make([]bool, len(lines))
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			keep[i] = true
			continue
		}
		if line[0] == '>' {
			continue
		}
		if endsOwn(lines, i) {
			return keep
		}
		if n := attribution(lines, i); n > 0 {
			if !quoteFollows(lines, i+n) {
				return keep
			}
			i += n - 1
			continue
		}
		if line == "--" || lines[i] == "-- " || line == "—" {
			if n := signature(lines, i+1); n >= 0 {
				i += n
			}
			continue
		}
		keep[i] = !deviceLine.MatchString(line)
	}
	return keep
}

// endsOwn reports whether everything from line i on is an older mail.
func endsOwn(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	if len(line) > 200 {
		return false
	}
	if marksSeparator(line) && separator.MatchString(line) || headerBlock(lines, i) {
		return true
	}
	if !ruled.MatchString(line) {
		return false
	}
	for next := i + 1; next < len(lines) && next <= i+2; next++ {
		if headerBlock(lines, next) {
			return true
		}
	}
	return false
}

// marksSeparator tells quickly that a line is no separator, as most are none.
func marksSeparator(line string) bool {
	return line != "" && (strings.IndexByte("-_#", line[0]) >= 0 || strings.HasSuffix(line, ":") || strings.Contains(line, "above this line"))
}

var separator = regexp.MustCompile(`(?i)^[-_]{2,}\s*(original message|original appointment|forwarded message|ursprüngliche nachricht|original-nachricht|originalnachricht|` +
	`weitergeleitete nachricht|message d.origine|message original|message transféré|mensaje original|mensaje reenviado|mensagem original|` +
	`mensagem encaminhada)\s*[-_]{2,}\s*:?$|` +
	`^(begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|début du message (réexpédié|transféré)|` +
	`inicio del mensaje reenviado|início da mensagem (reenviada|encaminhada))\s*:$|` +
	`^[-#\s]*(please )?(type your )?reply above this line[-#\s.]*$`)

var ruled = regexp.MustCompile(`^[_-]{5,}$`)

var deviceLine = regexp.MustCompile(`(?i)^(sent from my \w[\w ]{0,30}|sent from (outlook|mail|yahoo mail)\b.{0,40}|get outlook for \w+.{0,60}|` +
	`(von|gesendet von|vom) mein(em|er)? .{1,30}( gesendet)?|envoyé (de|depuis) mon .{1,30}|enviado desde mi .{1,30}|enviado (do|a partir do|de) meu .{1,30}|` +
	`(outlook für|télécharger outlook pour|obtener outlook para|obtenha o outlook para) .{1,40})\.?$`)

// The labels of the block that some programs put before the mail they answer.
var (
	labelFrom  = regexp.MustCompile(`(?i)^[*_]*(from|von|de|expéditeur|remitente|remetente)\s?:`)
	labelOther = []*regexp.Regexp{
		regexp.MustCompile(`(?i)^[*_]*(sent|date|gesendet|datum|envoyé|enviado|enviado el|enviada em|enviado em|fecha|data)\s?:`),
		regexp.MustCompile(`(?i)^[*_]*(to|an|à|a|pour|para|destinataire|destinatario)\s?:`),
		regexp.MustCompile(`(?i)^[*_]*(subject|betreff|objet|asunto|assunto)\s?:`),
	}
)

// headerBlock reports whether "From:, Sent:, To:, Subject:" begins at line i.
func headerBlock(lines []string, i int) bool {
	if !labelFrom.MatchString(strings.TrimSpace(lines[i])) {
		return false
	}
	var found [3]bool
	for next := i + 1; next < len(lines) && next <= i+8; next++ {
		line := cut(strings.TrimSpace(lines[next]), 200)
		for n, label := range labelOther {
			found[n] = found[n] || label.MatchString(line)
		}
	}
	return found[0] && (found[1] || found[2]) || found[1] && found[2]
}

var (
	wrote     = regexp.MustCompile(`(?i)(\bwrote|\bschrieb|\ba écrit|\bescribió|\bescreveu|\bha scritto|\bschreef)\b?.*:$`)
	opener    = regexp.MustCompile(`^\*?(On|At|Am|Le|El|Em|A|No dia|Op|Il)\b`)
	dated     = regexp.MustCompile(`\b(19|20)\d\d\b|\d{1,2}[/.]\d{1,2}[/.]\d{2}\b|@`)
	datedLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d .*<\S+@\S+>:$`)
)

const (
	maxAttribution     = 400 // bytes
	maxAttributionRows = 3
	maxSignature       = 20 // lines
)

// attribution returns how many lines from i on say who wrote what is quoted
// next, as in "On Tue, 3 Mar 2026 at 09:12, Ana Lee <ana@factor.example> wrote:".
func attribution(lines []string, i int) int {
	joined := ""
	for n := 1; n <= maxAttributionRows && i+n <= len(lines); n++ {
		line := strings.TrimSpace(lines[i+n-1])
		if line == "" || line[0] == '>' || len(joined)+len(line) > maxAttribution {
			return 0
		}
		if n > 1 && opener.MatchString(line) && introduces(line) {
			return 0 // it begins further down
		}
		joined = strings.TrimSpace(joined + " " + line)
		if n > 1 && !opener.MatchString(joined) {
			return 0
		}
		if introduces(joined) {
			return n
		}
	}
	return 0
}

func introduces(line string) bool {
	if !strings.HasSuffix(line, ":") {
		return false
	}
	return datedLine.MatchString(line) || wrote.MatchString(line) && dated.MatchString(line) &&
		(opener.MatchString(line) || strings.Contains(line, "@"))
}

// quoteFollows reports whether the next line that says anything is quoted.
func quoteFollows(lines []string, i int) bool {
	for ; i < len(lines); i++ {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return line[0] == '>'
		}
	}
	return false
}

// signature returns how many lines from i on are a signature, or -1 if what
// follows is too long for one.
func signature(lines []string, i int) int {
	written := 0
	for n := 0; i+n < len(lines); n++ {
		line := strings.TrimSpace(lines[i+n])
		if line == "" {
			continue
		}
		if line[0] == '>' || attribution(lines, i+n) > 0 || endsOwn(lines, i+n) {
			return n
		}
		if written++; written > maxSignature {
			return -1
		}
	}
	return len(lines) - i
}
