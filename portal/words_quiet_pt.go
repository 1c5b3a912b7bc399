package portal

var quietPortuguese = in(portuguese, func(w *words) {
	w.BoughtOne = "Pedimos que pague para a conta indicada na nossa fatura."
	w.BoughtMany = "Pedimos que pague cada uma para a conta indicada na nossa fatura."
	w.InNotice = "a da nossa fatura, que termina em {ends}"
	w.InNoticeOf = w.InNotice
	w.Doubt = "Uma página ou um link não provam nada. Em caso de dúvida, ligue-nos pelo número que já tem."
	w.Footer = "Esta página mostra o que está em aberto entre {debtor} e {seller}, e nada mais."
	w.DocumentOf, w.DocumentNote = "A nossa fatura", "Pedimos que pague para a conta que nela está indicada."
	w.ComplaintNote = "A sua reclamação chega a uma pessoa da nossa empresa, que responde o mais tardar em {date}. Até ficar resolvida, não enviamos lembretes. Se a resposta não o satisfizer, escreva para {email}."
	w.PreferencesNote = "Isto vale para todos os que escrevem para {recipient} por esta via. Pode mudar a qualquer momento."
	w.PreferModeHint = "O que a lei nos obriga a enviar chega sempre."
	w.OnTimeRun = "As suas últimas {count} faturas connosco foram pagas a tempo. Obrigado, damos muito valor a isso."

	w.PolicyWho = "Somos {seller}, e esta página trata das nossas faturas. Contacte-nos em {email}."
	w.PolicyGentler = "Cumprimos estas regras. Podemos ser mais brandos, nunca mais duros."
	w.PolicyCeiling = "Um endereço recebe no máximo {ceiling} mensagens em {days} dias e uma por dia, contando todos os que lhe escrevem por esta via."
	w.PolicyDetails = "Os dados bancários estão nas nossas faturas. Nem as mensagens nem esta página os trazem."
	w.PolicyComplaint = "Uma reclamação tem resposta em {complaint} dias úteis."
	w.PolicyKept = "{seller} lê o que se diz aqui. A forma de contacto vale para todos, e ninguém fica a saber quem mais escreve."

	w.ThreadAccepts = "Creditamos tudo: {amount}. Ficam por pagar {rest}."
	w.ThreadPartly = "Creditamos {amount}. Ficam por pagar {rest}."
	w.ThreadRejects = w.ThreadPartly
	w.ThreadAnswerBy = "Respondemos até {date}."
	w.ThreadRefund = "Já tinham sido pagos {amount} desse valor: nós devolvemo-los."
	w.ThreadGivenBack = "Resolvemos isto pessoalmente com a sua empresa."
	w.NoteNote, w.DoneNote = "Uma pessoa da nossa empresa lê.", "Muito obrigado. Está anotado, e uma pessoa lê."
	w.FilesNote = "No máximo 10 MB. Nós também o vemos. Cabem dez ficheiros, e ninguém os pode alterar."
	w.DoneFiles = "Obrigado. O ficheiro está aqui, e nós também o vemos."
	w.PlanProposed = "Estamos a analisá-lo."

	w.Refusals["code-needed"] = "Para o permitir de novo, responda a uma das nossas mensagens: uma pessoa anota."
})
