package domain

import "time"

// A Reply is a mail that came in. What it says is proposed and never decided.
type Reply struct {
	ID          ReplyID
	Digest      []byte  // SHA-256 of the mail
	World       WorldID // zero, as the next four: it belongs to no case
	Case        CaseID
	Factor      OrganizationID
	Seller      OrganizationID
	Touch       TouchID    // the message of ours that it answers; zero: it does not say
	Question    QuestionID // what the collector answers; zero: nobody has to
	Kind        string     // human, out_of_office, bounce, complaint, list_or_bulk or automatic
	Because     string     // what the kind rests on
	Sender      string
	SenderKnown bool // it came from the address that we write to
	MessageID   string
	Subject     string
	Own         string // what the sender wrote, without what it quotes
	Text        string
	Faults      []string // what was broken in it, or left out
	Files       []string // names of what came with it
	Hints       []ReplyHint
	Acknowledge bool // it says that our message arrived, and nothing else
	Summary     string
	ReceivedAt  time.Time // in its world
}

// A ReplyHint is one thing that a reply seems to say.
type ReplyHint struct {
	Kind  string // reason, flag, amount, date or invoice
	Value string
	Words string // that it rests on
}

// A ReplyTarget is the case that a mail is about.
type ReplyTarget struct {
	Touch     TouchID // zero: found by the sender's address
	Case      CaseID
	World     World
	Recipient string // the address that we write to
}
