package portal

var quietEnglish = in(english, func(w *words) {
	w.BoughtOne = "Please pay to the account on our invoice."
	w.BoughtMany = "Please pay each of them to the account on our invoice."
	w.InNotice = "the one on our invoice, ending in {ends}"
	w.InNoticeOf = w.InNotice
	w.Doubt = "A page or a link alone proves nothing. If in doubt, call us on the number that you already have."
	w.Footer = "This page shows what is open between {debtor} and {seller}, and nothing else."
	w.DocumentOf, w.DocumentNote = "Our invoice", "Please pay to the account that stands on it."
	w.ComplaintNote = "Your complaint goes to a person of ours, who answers by {date} at the latest. Until it is settled we do not remind you. If the answer does not satisfy you, write to {email}."
	w.PreferencesNote = "This counts for everybody who writes to {recipient} in this way. You can change it at any time."
	w.PreferModeHint = "What the law asks us to send always reaches you."
	w.OnTimeRun = "Your last {count} invoices from us were paid on time. Thank you: we value it."

	w.PolicyWho = "We are {seller}, and this page is about our invoices. You reach us at {email}."
	w.PolicyGentler = "We keep these rules. We may be gentler, and never rougher."
	w.PolicyCeiling = "One address gets at most {ceiling} messages in {days} days and one a day, counted over everybody who writes to it in this way."
	w.PolicyDetails = "Bank details stand on our invoices. Neither a message nor this page carries them."
	w.PolicyComplaint = "A complaint is answered within {complaint} business days."
	w.PolicyKept = "{seller} reads what you say here. How you want to be reached counts for everybody, and nobody is told who else writes to you."

	w.ThreadAccepts = "We credit all of it: {amount}. Payable stays {rest}."
	w.ThreadPartly = "We credit {amount}. Payable stays {rest}."
	w.ThreadRejects = w.ThreadPartly
	w.ThreadAnswerBy = "We answer by {date}."
	w.ThreadRefund = "You had paid {amount} of it already: we return that to you."
	w.ThreadGivenBack = "We settle this with you in person."
	w.NoteNote, w.DoneNote = "A person of ours reads it.", "Thank you. It is noted, and a person reads it."
	w.FilesNote = "At most 10 MB. We see it too. Ten files are the most, and nobody can change one."
	w.DoneFiles = "Thank you. The file is here, and we see it too."
	w.PlanProposed = "We are looking at it."

	w.Refusals["code-needed"] = "To allow this again, please answer one of our messages: a person notes it."
})
