package portal

var quietGerman = in(german, func(w *words) {
	w.BoughtOne = "Bitte zahlen Sie auf das Konto, das auf unserer Rechnung steht."
	w.BoughtMany = "Bitte zahlen Sie jede auf das Konto, das auf unserer Rechnung steht."
	w.InNotice = "das Konto auf unserer Rechnung, endet auf {ends}"
	w.InNoticeOf = w.InNotice
	w.Doubt = "Eine Seite oder ein Link allein beweist nichts. Rufen Sie uns im Zweifel unter der Nummer an, die Sie schon haben."
	w.Footer = "Diese Seite zeigt, was zwischen {debtor} und {seller} offen ist, und sonst nichts."
	w.DocumentOf, w.DocumentNote = "Unsere Rechnung", "Bitte zahlen Sie auf das Konto, das darauf steht."
	w.ComplaintNote = "Ihre Beschwerde geht an einen Menschen bei uns, der spätestens am {date} antwortet. Bis sie erledigt ist, erinnern wir Sie nicht. Genügt Ihnen die Antwort nicht, schreiben Sie an {email}."
	w.PreferencesNote = "Das gilt für alle, die auf diesem Weg an {recipient} schreiben. Sie können es jederzeit ändern."
	w.PreferModeHint = "Was das Gesetz uns zu senden vorschreibt, erreicht Sie immer."
	w.OnTimeRun = "Ihre letzten {count} Rechnungen bei uns wurden pünktlich bezahlt. Danke: Wir wissen das zu schätzen."

	w.PolicyWho = "Wir sind {seller}, und auf dieser Seite geht es um unsere Rechnungen. Sie erreichen uns unter {email}."
	w.PolicyGentler = "Wir halten diese Regeln ein. Wir dürfen sanfter sein, nie strenger."
	w.PolicyCeiling = "Eine Adresse bekommt höchstens {ceiling} Nachrichten in {days} Tagen und eine am Tag, über alle gezählt, die ihr auf diesem Weg schreiben."
	w.PolicyDetails = "Bankdaten stehen auf unseren Rechnungen. Weder eine Nachricht noch diese Seite trägt sie."
	w.PolicyComplaint = "Die Antwort auf eine Beschwerde kommt binnen {complaint} Werktagen."
	w.PolicyKept = "{seller} liest, was Sie hier sagen. Wie man Sie erreicht, gilt für alle, und niemand erfährt, wer Ihnen sonst schreibt."

	w.ThreadAccepts = "Wir schreiben alles gut: {amount}. Zu zahlen bleiben {rest}."
	w.ThreadPartly = "Wir schreiben {amount} gut. Zu zahlen bleiben {rest}."
	w.ThreadRejects = w.ThreadPartly
	w.ThreadAnswerBy = "Wir antworten bis {date}."
	w.ThreadRefund = "{amount} davon hatten Sie schon bezahlt: Wir zahlen Ihnen das zurück."
	w.ThreadGivenBack = "Das klären wir persönlich mit Ihnen."
	w.NoteNote, w.DoneNote = "Ein Mensch bei uns liest es.", "Vielen Dank. Es ist vermerkt, und ein Mensch liest es."
	w.FilesNote = "Höchstens 10 MB. Wir sehen die Datei auch. Zehn Dateien sind möglich, und niemand kann eine ändern."
	w.DoneFiles = "Vielen Dank. Die Datei ist hier, und wir sehen sie auch."
	w.PlanProposed = "Wir sehen es uns an."

	w.Refusals["code-needed"] = "Um das wieder zu erlauben, antworten Sie bitte auf eine unserer Nachrichten: Ein Mensch vermerkt es."
})
