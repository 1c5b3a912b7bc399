package domain

import "time"

// A Topic says what a debtor's question is about when its page asks for it by a form
// of its own; "" is a question in the debtor's own words.
type Topic string

// The topics there are.
const (
	TopicMissing   Topic = "not_received"  // an invoice did not arrive (C-77)
	TopicContact   Topic = "wrong_contact" // we write to the wrong company or person
	TopicComplaint Topic = "complaint"
	TopicProof     Topic = "proof" // proof that the claim was assigned (D-6)
)

// AnswerDays returns in how many business days a person answers, which is what the page promises;
// later than that, no seller pays for the wait (D-23).
func (t Topic) AnswerDays() int {
	switch t {
	case TopicProof:
		return 5
	case TopicComplaint:
		return 10
	default:
		return 2
	}
}

// Topics lists every topic.
func Topics() []Topic { return []Topic{TopicMissing, TopicContact, TopicComplaint, TopicProof} }

// Hours are the part of our hours in which a contact wants to be reached.
type Hours string

// The hours there are; "" is any of ours.
const (
	HoursMorning   Hours = "morning"   // until noon
	HoursAfternoon Hours = "afternoon" // from 13:00
)

// Tongues lists the languages that a contact may prefer for its page.
func Tongues() []string { return []string{"en", "es", "fr", "de", "pt"} }

type feedbackThing struct{}

func (feedbackThing) prefix() string { return "fbk" }

// A FeedbackID names a debtor's answer to our one question.
type FeedbackID = ID[feedbackThing]

// An Ease is a debtor's answer to whether it was easy to settle the matter.
type Ease string

// The answers there are.
const (
	EaseYes    Ease = "yes"
	EasePartly Ease = "partly"
	EaseNo     Ease = "no"
)

// Feedback is what a debtor thinks of how it was treated; a case is asked once.
type Feedback struct {
	ID   FeedbackID
	Ease Ease
	Said string // may be empty
	At   time.Time
}

// A DebtorLetter is a message that a mail server of the debtor's took: the evidence
// that something was sent.
type DebtorLetter struct {
	Class     MessageClass
	Recipient string
	At        time.Time
	Items     []DealID
}
