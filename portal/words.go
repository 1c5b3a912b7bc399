package portal

import (
	"strings"

	"comity/domain"
)

// A phrase is a sentence of the pages in one language. Names in braces are
// replaced: "due on {date}".
type phrase string

// With returns the phrase with names replaced by values, given in pairs. A page of 200
// invoices asks it thousands of times.
func (p phrase) With(pairs ...string) string {
	var b strings.Builder
	rest := string(p)
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(before)
		name, tail, closed := strings.Cut(after, "}")
		if !found || !closed {
			return b.String()
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				b.WriteString(pairs[i+1]) // as it is: what stands in it is not replaced again
			}
		}
		rest = tail
	}
}

// words is everything that the pages say, in one language. A test holds that no
// language lacks a phrase, and that a phrase names the same things in each.
type words struct {
	Tag, Name string // of the language: "de", "Deutsch"
	Manner    manner // how days and amounts are written

	Language, Back phrase

	Title, StatementFor, DueOn, DueFirst, BoughtOne, BoughtMany, NothingOpen, ThankYou phrase
	Today, Tomorrow, InDays, Yesterday, DaysAgo                                        phrase
	OpenItems, Invoice, InvoiceOf, Order, For, Invoiced, Reference                     phrase

	Received, PromisedFor, RestsPaid, RestsPromise, RestsDisputed, RestsQuery, RestsUntil phrase

	HowToPay, Invoices, AccountOf, IBAN, Routing, AccountNumber, Account, InNotice, InNoticeOf, Currency, Quote, Doubt phrase
	CodeTitle, Code, CodeHint, CodeButton                                                                              phrase

	WhatYouCanDo, AboutInvoice                                   phrase
	Paid, PaidNote, PaidDay, PaidButton                          phrase
	Promise, PromiseNote, PromiseDay, PromiseUpTo, PromiseButton phrase
	Dispute, DisputeNote, DisputeAmount, DisputeSaid             phrase
	Question, QuestionSaid, QuestionAll, QuestionNote            phrase
	Amount, AmountHint, Send                                     phrase

	AskTitle, YouAsked, OnAbout, AboutAll, OurAnswer, OnIt, PaidWithThanks, Footer phrase

	DoneTitle, Look                                               phrase
	DoneConfirm, DonePromise, DoneQuestion, DonePaid, DoneDispute phrase

	MissingTitle, Missing, FaultTitle, Fault phrase

	MoreTitle, Optional, OnItBy, Document, DocumentOf, DocumentNote, QRTitle, QRNote phrase

	NotReceived, NotReceivedFirst, NotReceivedAgain, NotReceivedThird, NotReceivedButton, DoneNotReceived, Sent, SentOn phrase
	Contact, ContactNote, ContactWhich, ContactCompany, ContactPerson, ContactSaid, DoneContact                         phrase
	Proof, ProofNote, ProofSaid, ProofButton, DoneProof                                                                 phrase
	Complaint, ComplaintNote, ComplaintSaid, DoneComplaint                                                              phrase

	Preferences, PreferencesNote, PreferencesButton, DonePreferences                                 phrase
	PreferLanguage, PreferLanguageHint, PreferBrowser, PreferMode, PreferModeHint                    phrase
	ModeEach, ModeDigest, ModePage, PreferEmail, EmailYes, EmailNo                                   phrase
	PreferPhone, PhoneYes, PhoneRather, PhoneNo, PreferHours, HoursAny, HoursMorning, HoursAfternoon phrase

	Feedback, FeedbackAsk, EaseYes, EasePartly, EaseNo, FeedbackSaid, DoneFeedback phrase
	OnTimeRun                                                                      phrase

	Policy, PolicyWho, PolicyGentler, PolicyRules, PolicyGap, PolicyCeiling, PolicyHours, PolicyBank, PolicyAnswers, PolicyPeople phrase
	PolicyDetails, PolicyFees, PolicyPromise, PolicyComplaint, PolicyKept                                                         phrase
	PolicyOutside, PolicyProtective, PolicyTravels                                                                                phrase
	PolicySteps, StepBefore, StepBeforeLong, StepFirst, StepMail, StepCall, StepFormal                                            phrase

	Reasons                                                                                                                     map[domain.DisputeReason]phrase
	DisputeReason, DisputeRemedy, ThreadTitle, SideDebtor, ThreadAccepts, ThreadPartly, ThreadRejects                           phrase
	ThreadAnswerBy, ThreadYourTurn, ThreadAgreed, ThreadCredited, ThreadRefund, ThreadPayable, ThreadWithdrawn, ThreadGivenBack phrase
	Agree, AgreeNote, DoneAgree, Note, NoteNote, NoteSaid, DoneNote                                                             phrase
	Files, FilesNone, FilesAsk, FilesNote, FilesButton, DoneFiles                                                               phrase

	Plan, PlanNote, PlanCount, PlanFirst, PlanEvery, EveryMonth, EveryTwoWeeks, EveryWeek, PlanReason, PlanSaid, DonePlan       phrase
	PlanReasons                                                                                                                 map[domain.Reason]phrase
	PlanTitle, PlanPart, PlanForgives, PlanRequested, PlanProposed, PlanOffered, PlanActive, PlanKept, PlanBroken, PlanDeclined phrase
	AcceptPlan, AcceptNote, DoneAccept, DeclinePlan, DeclineNote, DoneDecline, RestsPlan                                        phrase

	Card, CardAll, CardNote, CardButton, CardTitle, CardPart, CardPreparing, CardAgain, CardReady, CardGo        phrase
	CardPaid, CardPassedOn, CardReturned, CardOver, RestsCard                                                    phrase
	Mediate, MediateNote, DoneMediate, MediationTitle, SideNeutral                                               phrase
	MediationYes, MediationYesNote, DoneMediationYes, MediationNo, MediationNoNote, DoneMediationNo              phrase
	Objection, ObjectionNote, ObjectionSaid, DoneObjection                                                       phrase
	AgreeDates, AgreeDatesNote, DoneAgreeDates, DatesPapers, DatesTalk, DatesProposal                            phrase
	ProposalYes, ProposalYesNote, DoneProposalYes, ProposalNo, ProposalNoNote, DoneProposalNo, ProposalWords     phrase
	MediationOffered, MediationWaits, MediationAgreed, MediationAppointed, MediationScheduled, MediationProposed phrase
	MediationSettled, MediationDeclined, MediationLapsed, MediationFailed, MediationClosed, PolicyMediation      phrase

	proofWords
	agreedWords

	LatePayment, LateWaived phrase

	OutsideTitle, OutsideTold, OutsideAsked phrase // with somebody external

	Calendar calendarWords

	Refusals map[string]phrase // by code, or by what was tried and code
}

// refusalKeys lists what the pages can say no to: see [words.refused].
var refusalKeys = []string{
	"other", "unreadable", "not-an-amount", "not-a-day", "not-positive", "other-currency", "more-than-open", "in-the-past", "in-the-future",
	"promise-too-far", "promise-already-open", "wrong-state", "empty", "too-long", "wrong-code",
	"confirm too-many-tries", "question too-many-tries", "paid too-many-tries", "too-many-tries", "conflict", "feedback conflict", "not-chosen", "not-a-number", "out-of-range", "out-of-order", "too-far",
	"card wrong-state", "card more-than-open", "card too-many-tries", "plan wrong-state", "dispute/agree wrong-state", "dispute/note wrong-state", "plan/accept wrong-state", "plan/decline wrong-state", "mediation wrong-state", "credit-not-covered", "files unsupported-media-type", "files too-large", "files wrong-state", "broken", "active-content", "too-many", "code-needed", "key-reused", "request-in-flight", "outcome-unknown",
}
