// Package inbound reads what a debtor answers by e-mail. [Read] turns the bytes
// of a received mail into a [Mail]: who wrote it, what it answers, what the
// person wrote and what is only quoted, and whether a person wrote it at all.
// [OurIDs] and [Tokens] find the case it belongs to, [Triage] proposes what was
// meant and [Summary] says so in plain words.
//
// It proposes and never decides: a collector confirms before anything changes.
// Nothing here proves who sent a mail. It is pure: no clock, no network, no
// database; the same bytes give the same result.
package inbound
