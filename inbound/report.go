package inbound

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// A Report is what a machine says became of a mail of ours.
type Report struct {
	OriginalID   string     `json:"original_id,omitempty"` // the mail it is about, if it says so
	Deliveries   []Delivery `json:"deliveries,omitempty"`
	FeedbackType string     `json:"feedback_type,omitempty"` // of a complaint: "abuse"
}

// A Delivery is what became of a mail for one recipient (RFC 3464).
type Delivery struct {
	Recipient  string  `json:"recipient,omitempty"`
	Action     string  `json:"action,omitempty"` // failed, delayed, delivered, relayed, expanded
	Status     string  `json:"status,omitempty"` // such as 5.1.1
	Lasting    Lasting `json:"lasting,omitempty"`
	Diagnostic string  `json:"diagnostic,omitempty"`
}

// Lasting says whether it is worth trying an address again.
type Lasting string

// What a failed delivery means. It is empty for a delivery that did not fail.
const (
	Permanent Lasting = "permanent"
	Temporary Lasting = "temporary"
)

const maxDeliveries = 100

// machine takes in the parts that machines write for machines.
func (r *reader) machine(mediaType string, h header, body []byte) bool {
	if r.report.kind == "" {
		return false
	}
	read := func() []byte {
		content, _ := decoded(body, h.get("Content-Transfer-Encoding"), MaxHeader)
		return content
	}
	switch mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		for _, block := range r.blocks(read()) {
			if len(r.report.delivery) <= maxDeliveries {
				r.report.delivery = append(r.report.delivery, block)
			}
		}
	case "message/feedback-report":
		r.report.feedback = slices.Concat(r.blocks(read())...)
	case "message/disposition-notification", "message/global-disposition-notification":
		r.report.notice = true
		r.report.feedback = slices.Concat(r.blocks(read())...)
	case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		r.report.returned = r.parseHeader(read())
	case "message/rfc822", "message/global":
		head, _, _ := splitHeader(bytes.TrimLeft(read(), "\r\n"))
		if r.report.returned == nil {
			r.report.returned = r.parseHeader(head)
		}
		return false // it is also an attachment
	default:
		return false
	}
	return true
}

// blocks reads the groups of fields that empty lines divide.
func (r *reader) blocks(content []byte) []header {
	var groups []header
	for len(content) > 0 && len(groups) <= maxDeliveries {
		head, rest, found := splitHeader(bytes.TrimLeft(content, "\r\n \t"))
		if !found {
			break
		}
		groups, content = append(groups, r.parseHeader(head)), rest
	}
	return groups
}

// reported recognises bounces, complaints and receipts, and fills in the Report.
func (r *reader) reported(header) (Kind, string) {
	m := &r.mail
	switch {
	case r.report.kind == "feedback-report" || r.report.feedback.has("Feedback-Type"):
		m.Report = r.newReport()
		m.Report.FeedbackType = strings.ToLower(short(r.report.feedback.get("Feedback-Type")))
		for _, f := range r.report.feedback {
			if strings.EqualFold(f.name, "Original-Rcpt-To") && len(m.Report.Deliveries) < maxDeliveries {
				m.Report.Deliveries = append(m.Report.Deliveries, Delivery{Recipient: mailbox(f.value)})
			}
		}
		return KindComplaint, "a feedback report"
	case r.report.notice || r.report.kind == "disposition-notification":
		m.Report = r.newReport()
		return KindAutomatic, "a read receipt"
	case len(r.report.delivery) > 0:
		m.Report = r.newReport()
		m.Report.Deliveries = deliveries(r.report.delivery)
		if !slices.ContainsFunc(m.Report.Deliveries, func(d Delivery) bool { return d.Lasting != "" }) {
			return KindAutomatic, "a delivery receipt"
		}
		return KindBounce, "a delivery report"
	}
	return r.plainBounce()
}

func (r *reader) newReport() *Report {
	report := &Report{}
	for _, value := range []string{
		r.report.returned.get("Message-Id"), r.report.feedback.get("Original-Message-Id"), r.report.returned.get("Original-Message-Id"),
	} {
		if ids := messageIDs(value); len(ids) > 0 {
			report.OriginalID = ids[0]
			return report
		}
	}
	return report
}

func short(s string) string { return cut(oneLine(s), maxShort) }

// mailbox reads "rfc822; <dana@harborpine.example>".
func mailbox(value string) string {
	if _, after, typed := strings.Cut(value, ";"); typed {
		value = after
	}
	return strings.Trim(short(value), "<>")
}

// deliveries reads the fields of each recipient; the first group is about the mail.
func deliveries(groups []header) []Delivery {
	var list []Delivery
	for _, h := range groups {
		d := Delivery{
			Recipient: mailbox(h.get("Final-Recipient")), Action: strings.ToLower(short(h.get("Action"))),
			Status: statusCode.FindString(h.get("Status")), Diagnostic: mailbox(h.get("Diagnostic-Code")),
		}
		if d.Recipient == "" {
			d.Recipient = mailbox(h.get("Original-Recipient"))
		}
		if d.Recipient == "" && d.Action == "" {
			continue
		}
		if d.Status == "" {
			d.Status = statusCode.FindString(d.Diagnostic)
		}
		d.Lasting = lasting(d)
		list = append(list, d)
	}
	return list
}

// lasting judges by the action first: "delayed" is tried again whatever the code.
func lasting(d Delivery) Lasting {
	switch d.Action {
	case "delivered", "relayed", "expanded":
		return ""
	case "delayed":
		return Temporary
	}
	if strings.HasPrefix(d.Status, "4") || d.Status == "" && replyCode.FindString(d.Diagnostic) != "" && replyCode.FindString(d.Diagnostic)[0] == '4' {
		return Temporary
	}
	return Permanent
}

var (
	statusCode = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	replyCode  = regexp.MustCompile(`\b[45][0-5]\d\b`)
	daemon     = regexp.MustCompile(`(?i)^(mailer-daemon|mailerdaemon|postmaster|mail-daemon|microsoftexchange[0-9a-z]*)@`)
	failed     = regexp.MustCompile(`(?i)^(undeliver(able|ed)\b|returned mail|mail delivery (failed|failure|system)|delivery (status notification|failure|has failed|incomplete)|` +
		`failure notice|warning: (could not send|message .* delayed)|delayed mail|message delivery failure|` +
		`unzustellbar|nicht zustellbar|non remis|échec de la remise|mensaje no entregado|no se puede entregar|não entregue|n[aã]o foi poss[ií]vel entregar)`)
	delayed   = regexp.MustCompile(`(?i)delay|warning|will (keep|continue) (on )?trying|still trying|verzöger|retard|retras|atras`)
	bracketed = regexp.MustCompile(`<([^\s<>@]+@[^\s<>@]+)>`)
	quotedID  = regexp.MustCompile(`(?im)^[>\s]*message-id:\s*<?([^\s<>]+@[^\s<>]+)>?`)
)

const maxBounceText = 20_000

// plainBounce recognises the failures that are told in words only.
func (r *reader) plainBounce() (Kind, string) {
	m := &r.mail
	if !daemon.MatchString(m.From.Email) || !failed.MatchString(m.Subject) && r.report.kind != "delivery-status" &&
		!strings.Contains(cut(m.Text, 500), "qmail-send") {
		return "", ""
	}
	text := cut(m.Text, maxBounceText)
	m.Report = r.newReport()
	if found := quotedID.FindStringSubmatch(text); found != nil && m.Report.OriginalID == "" {
		m.Report.OriginalID = found[1]
	}
	d := Delivery{Action: "failed", Status: statusCode.FindString(text)}
	if found := bracketed.FindStringSubmatch(text); found != nil {
		d.Recipient = found[1]
	}
	if at := statusCode.FindStringIndex(text); at != nil {
		line := text[strings.LastIndexByte(text[:at[0]], '\n')+1:]
		line, _, _ = strings.Cut(line, "\n")
		d.Diagnostic = short(line)
	} else {
		d.Diagnostic = replyCode.FindString(text)
	}
	if delayed.MatchString(m.Subject) && !strings.HasPrefix(d.Status, "5") {
		d.Action = "delayed"
	}
	d.Lasting = lasting(d)
	m.Report.Deliveries = []Delivery{d}
	return KindBounce, "from " + m.From.Email + ", and the subject"
}
