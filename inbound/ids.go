package inbound

import (
	"regexp"
	"slices"
	"strings"
)

var (
	ourLocal = regexp.MustCompile(`^tch_[0-9a-f]{32}$`)
	ourToken = regexp.MustCompile(`^reply\+([0-9a-f]{32})$`)
)

// OurIDs lists the message ids of ours that a mail names, the most trusted
// first: what it answers, the thread from the newest back, and then what a
// bounce or a complaint says it is about. They are what the mail claims, and
// anybody can claim it: look them up, and compare the sender with the case.
func OurIDs(m Mail, host string) []string {
	var ours []string
	add := func(id string) {
		id = strings.ToLower(id)
		local, domain, _ := strings.Cut(id, "@")
		if ourLocal.MatchString(local) && domain == strings.ToLower(host) && !slices.Contains(ours, id) {
			ours = append(ours, id)
		}
	}
	for _, id := range m.InReplyTo {
		add(id)
	}
	for _, id := range slices.Backward(m.References) {
		add(id)
	}
	if m.Report != nil {
		add(m.Report.OriginalID)
	}
	return ours
}

// Tokens lists the tokens of the addresses "reply+<token>@host" that a mail was
// sent to. They too are only a claim.
func Tokens(m Mail, host string) []string {
	var tokens []string
	for _, list := range [][]Address{m.DeliveredTo, m.To, m.Cc} {
		for _, a := range list {
			local, domain, _ := strings.Cut(strings.ToLower(a.Email), "@")
			found := ourToken.FindStringSubmatch(local)
			if found != nil && domain == strings.ToLower(host) && !slices.Contains(tokens, found[1]) {
				tokens = append(tokens, found[1])
			}
		}
	}
	return tokens
}
