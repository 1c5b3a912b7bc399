package portal

var quietFrench = in(french, func(w *words) {
	w.BoughtOne = "Merci de payer sur le compte indiqué sur notre facture."
	w.BoughtMany = "Merci de payer chacune d’elles sur le compte indiqué sur notre facture."
	w.InNotice = "celui de notre facture, qui se termine par {ends}"
	w.InNoticeOf = w.InNotice
	w.Doubt = "Une page ou un lien ne prouve rien. En cas de doute, appelez-nous au numéro que vous avez déjà."
	w.Footer = "Cette page montre ce qui est ouvert entre {debtor} et {seller}, et rien d’autre."
	w.DocumentOf, w.DocumentNote = "Notre facture", "Merci de payer sur le compte qui y est indiqué."
	w.ComplaintNote = "Votre réclamation va à une personne de chez nous, qui répond au plus tard le {date}. Tant qu’elle n’est pas réglée, nous ne vous relançons pas. Si la réponse ne vous convient pas, écrivez à {email}."
	w.PreferencesNote = "Cela vaut pour tous ceux qui écrivent à {recipient} par cette voie. Vous pouvez le changer à tout moment."
	w.PreferModeHint = "Ce que la loi nous demande d’envoyer vous parvient toujours."
	w.OnTimeRun = "Vos {count} dernières factures chez nous ont été payées à l’échéance. Merci, nous y sommes sensibles."

	w.PolicyWho = "Nous sommes {seller}, et cette page concerne nos factures. Vous nous joignez à {email}."
	w.PolicyGentler = "Nous respectons ces règles. Nous pouvons être plus doux, jamais plus durs."
	w.PolicyCeiling = "Une adresse reçoit au plus {ceiling} messages en {days} jours et un par jour, en comptant tous ceux qui lui écrivent par cette voie."
	w.PolicyDetails = "Les coordonnées bancaires figurent sur nos factures. Ni un message ni cette page ne les porte."
	w.PolicyComplaint = "Une réclamation reçoit une réponse en {complaint} jours ouvrés."
	w.PolicyKept = "{seller} lit ce que vous dites ici. La façon de vous joindre vaut pour tous, et personne n’apprend qui d’autre vous écrit."

	w.ThreadAccepts = "Nous créditons le tout : {amount}. Il reste {rest} à payer."
	w.ThreadPartly = "Nous créditons {amount}. Il reste {rest} à payer."
	w.ThreadRejects = w.ThreadPartly
	w.ThreadAnswerBy = "Nous répondons d’ici au {date}."
	w.ThreadRefund = "Vous en aviez déjà payé {amount} : nous vous les remboursons."
	w.ThreadGivenBack = "Nous réglons cela avec vous de vive voix."
	w.NoteNote, w.DoneNote = "Une personne de chez nous le lit.", "Merci. C’est noté, et une personne le lit."
	w.FilesNote = "10 Mo au plus. Nous le voyons aussi. Dix fichiers au plus, et personne ne peut les modifier."
	w.DoneFiles = "Merci. Le fichier est là, et nous le voyons aussi."
	w.PlanProposed = "Nous l’examinons."

	w.Refusals["code-needed"] = "Pour l’autoriser de nouveau, veuillez répondre à l’un de nos messages : une personne le note."
})
