package portal

var quietSpanish = in(spanish, func(w *words) {
	w.BoughtOne = "Le rogamos que pague en la cuenta que figura en nuestra factura."
	w.BoughtMany = "Le rogamos que pague cada una en la cuenta que figura en nuestra factura."
	w.InNotice = "la de nuestra factura, que termina en {ends}"
	w.InNoticeOf = w.InNotice
	w.Doubt = "Una página o un enlace por sí solos no prueban nada. Si tiene dudas, llámenos al número que usted ya tiene."
	w.Footer = "Esta página muestra lo que está pendiente entre {debtor} y {seller}, y nada más."
	w.DocumentOf, w.DocumentNote = "Nuestra factura", "Le rogamos que pague en la cuenta que figura en ella."
	w.ComplaintNote = "Su queja llega a una persona de nuestra empresa, que responde como muy tarde el {date}. Hasta que se resuelva no le enviamos recordatorios. Si la respuesta no le satisface, escriba a {email}."
	w.PreferencesNote = "Esto vale para todos los que escriben a {recipient} por este medio. Puede cambiarlo en cualquier momento."
	w.PreferModeHint = "Lo que la ley nos exige enviar le llega siempre."
	w.OnTimeRun = "Sus últimas {count} facturas con nosotros se pagaron a tiempo. Gracias: lo valoramos mucho."

	w.PolicyWho = "Somos {seller}, y esta página trata de nuestras facturas. Puede contactarnos en {email}."
	w.PolicyGentler = "Cumplimos estas reglas. Podemos ser más amables, nunca más severos."
	w.PolicyCeiling = "Una dirección recibe como máximo {ceiling} mensajes en {days} días y uno al día, contando a todos los que le escriben por este medio."
	w.PolicyDetails = "Los datos bancarios figuran en nuestras facturas. Ni los mensajes ni esta página los llevan."
	w.PolicyComplaint = "Una queja se responde en {complaint} días hábiles."
	w.PolicyKept = "{seller} lee lo que usted dice aquí. Cómo desea que le contacten vale para todos, y nadie sabe quién más le escribe."

	w.ThreadAccepts = "Abonamos todo: {amount}. Quedan por pagar {rest}."
	w.ThreadPartly = "Abonamos {amount}. Quedan por pagar {rest}."
	w.ThreadRejects = w.ThreadPartly
	w.ThreadAnswerBy = "Respondemos antes del {date}."
	w.ThreadRefund = "Usted ya había pagado {amount} de esa suma: se la devolvemos."
	w.ThreadGivenBack = "Esto lo resolvemos con usted personalmente."
	w.NoteNote, w.DoneNote = "Lo lee una persona de nuestra empresa.", "Muchas gracias. Está anotado, y lo lee una persona."
	w.FilesNote = "Como máximo 10 MB. Nosotros también lo vemos. Caben diez archivos y nadie puede cambiarlos."
	w.DoneFiles = "Gracias. El archivo está aquí y nosotros también lo vemos."
	w.PlanProposed = "Lo estamos estudiando."

	w.Refusals["code-needed"] = "Para permitirlo de nuevo, responda a uno de nuestros mensajes: una persona lo anota."
})
