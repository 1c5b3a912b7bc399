package domain

import (
	"slices"

	"comity/money"
)

// businesses are debtors that are no natural person and no public body: what is special to those is in
// no row yet.
var businesses = []LegalType{Company, Partnership}

// laws are the rows there are. Whoever changes one makes its signatures count no more, which is what
// should happen.
var laws = []Law{
	{
		Code: "us-assignment-override", Kind: LawOverride, Jurisdiction: "US", Debtors: businesses,
		Text: "A term in a contract between a business and its customer that forbids the assignment of what the customer owes, or asks for the customer's consent to it, " +
			"does not stop the assignment. The customer keeps its defences, and pays the new owner once it has been told to.",
		Source: "Uniform Commercial Code, section 9-406(d), as the states have enacted it", Evidence: LawMemory,
	},
	{
		Code: "gb-eng-assignment-override", Kind: LawOverride, Jurisdiction: "GB-ENG", From: MustDate("2018-12-31"), Debtors: businesses, SmallSellers: true,
		Text: "A term in a contract for goods or services made on or after 31 December 2018 that forbids a small or medium-sized supplier to assign what is owed to it has no effect. " +
			"What the customer may set off stays as it was.",
		Source: "Business Contract Terms (Assignment of Receivables) Regulations 2018, SI 2018/1254", Evidence: LawSecondary,
	},
	{
		Code: "us-notice", Kind: LawNotice, Jurisdiction: "US",
		Text: "Section 9-406 of the Uniform Commercial Code says what follows from this notice: once it has reached you, only a payment to {factor} settles what is named here. " +
			"You may ask us to prove the assignment. Until we have done so, you may still pay {seller}.",
		Source: "Uniform Commercial Code, section 9-406(a) and (c), in the text of New York", Evidence: LawPrimary,
	},
	{
		Code: "gb-eng-notice", Kind: LawNotice, Jurisdiction: "GB-ENG",
		Text: "This is the written notice of the assignment from {seller} to {factor} for which the law of England and Wales asks. " +
			"Please keep the day on which it reached you: should anybody else claim the same, the notice that came first counts.",
		Source: "the law of England and Wales: written notice for a legal assignment, and priority by notice", Evidence: LawMemory,
	},
	{
		Code: "gb-sct-notice", Kind: LawNotice, Jurisdiction: "GB-SCT",
		Text: "In the law of Scotland this is an assignation, and there is a public Register of Assignations. " +
			"If you would like to know whether this one stands there, please ask us. We will tell you.",
		Source: "the law of Scotland: the register of assignations", Evidence: LawMemory,
	},
	{
		Code: "de-notice", Kind: LawNotice, Jurisdiction: "DE",
		Text: "Sections 407 to 409 of the German Civil Code protect you: what you paid to {seller} before you knew of the assignment counts as paid. " +
			"What you pay to {factor} because {seller} told you of it in this notice counts as paid too.",
		Source: "German Civil Code (BGB), sections 407 to 409", Evidence: LawMemory,
	},
	{
		Code: "gb-late-payment", Kind: LawInterest, Jurisdiction: "GB", Debtors: businesses,
		Text: "Who is owed money for goods or services by another business may ask for simple interest from the day after the due date, and for a fixed sum for each invoice. " +
			"The rate is that of the day on which the debt became late, for as long as it stays unpaid. A buyer of the debt may ask for the same. " +
			"A substantial remedy that the contract gives instead displaces this.",
		Source: "Late Payment of Commercial Debts (Interest) Act 1998, sections 1 to 6, 8 and 13", Evidence: LawSecondary,
		Interest: &InterestRule{
			Base: BankOfEngland, Margin: money.Percent(8), Lock: LockAtStart,
			Sums: []FixedSum{
				{money.Minor(1, "GBP"), money.Minor(4_000, "GBP")}, {money.Minor(100_000, "GBP"), money.Minor(7_000, "GBP")}, {money.Minor(1_000_000, "GBP"), money.Minor(10_000, "GBP")},
			},
		},
	},
	{
		Code: "de-late-payment", Kind: LawInterest, Jurisdiction: "DE", Debtors: businesses,
		Text: "Of a business that is in default with a payment for goods or services, simple interest may be asked for, and a lump sum for each claim. " +
			"The rate follows the base rate that the Bundesbank publishes, from each 1 January and 1 July, for the running debt too.",
		Source: "German Civil Code (BGB), sections 247 and 288", Evidence: LawSecondary,
		Interest: &InterestRule{
			Base: Basiszinssatz, Margin: money.Percent(9), Lock: LockPerHalfYear,
			Sums: []FixedSum{{money.Minor(1, "EUR"), money.Minor(4_000, "EUR")}},
		},
	},
}

// Laws returns the rows of law, ordered by their codes.
func Laws() []Law {
	all := slices.Clone(laws)
	slices.SortFunc(all, func(a, b Law) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return all
}

// LawOf returns the row with a code.
func LawOf(code string) (Law, bool) {
	i := slices.IndexFunc(laws, func(l Law) bool { return l.Code == code })
	if i < 0 {
		return Law{}, false
	}
	return laws[i], true
}
