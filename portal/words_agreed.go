package portal

// agreedWords are what the pages say of who agreed to what a neutral person, or the offer of one, puts to
// everybody, and of whose word is still missing.
type agreedWords struct {
	MediationYesLast, TheySaidYes phrase // to the offer
	YouAgreed, TheyAgreed         phrase // to dates
	YouAccepted, TheyAccepted     phrase // a proposal
	YouMissing, TheyMissing       phrase
}

var (
	agreedEnglish = agreedWords{
		MediationYesLast: "It costs you nothing. {seller} said yes: with your yes, a neutral person is appointed. Nothing is decided without you.", TheySaidYes: "{name} said yes.",
		YouAgreed: "You agreed to these dates.", TheyAgreed: "{name} agreed to these dates.", YouAccepted: "You have accepted it.", TheyAccepted: "{name} has accepted it.",
		YouMissing: "Your answer is still missing.", TheyMissing: "The answer of {name} is still missing.",
	}
	agreedSpanish = agreedWords{
		MediationYesLast: "No le cuesta nada. {seller} dijo que sí: con su sí se nombra a una persona neutral. Nada se decide sin usted.", TheySaidYes: "{name} dijo que sí.",
		YouAgreed: "Usted aceptó estas fechas.", TheyAgreed: "{name} aceptó estas fechas.", YouAccepted: "Usted la ha aceptado.", TheyAccepted: "{name} la ha aceptado.",
		YouMissing: "Falta todavía su respuesta.", TheyMissing: "Falta todavía la respuesta de {name}.",
	}
	agreedFrench = agreedWords{
		MediationYesLast: "Cela ne vous coûte rien. {seller} a dit oui : avec votre oui, une personne neutre est désignée. Rien n’est décidé sans vous.", TheySaidYes: "{name} a dit oui.",
		YouAgreed: "Vous avez accepté ces dates.", TheyAgreed: "{name} a accepté ces dates.", YouAccepted: "Vous l’avez acceptée.", TheyAccepted: "{name} l’a acceptée.",
		YouMissing: "Votre réponse manque encore.", TheyMissing: "La réponse de {name} manque encore.",
	}
	agreedGerman = agreedWords{
		MediationYesLast: "Es kostet Sie nichts. {seller} hat Ja gesagt: Mit Ihrem Ja wird eine neutrale Person bestellt. Ohne Sie wird nichts entschieden.", TheySaidYes: "{name} hat Ja gesagt.",
		YouAgreed: "Sie haben diesen Terminen zugestimmt.", TheyAgreed: "{name} hat diesen Terminen zugestimmt.", YouAccepted: "Sie haben ihn angenommen.", TheyAccepted: "{name} hat ihn angenommen.",
		YouMissing: "Ihre Antwort fehlt noch.", TheyMissing: "Die Antwort von {name} fehlt noch.",
	}
	agreedPortuguese = agreedWords{
		MediationYesLast: "Não lhe custa nada. {seller} disse que sim: com o seu sim é nomeada uma pessoa neutra. Nada se decide sem si.", TheySaidYes: "{name} disse que sim.",
		YouAgreed: "Aceitou estas datas.", TheyAgreed: "{name} aceitou estas datas.", YouAccepted: "Já a aceitou.", TheyAccepted: "{name} já a aceitou.",
		YouMissing: "Falta ainda a sua resposta.", TheyMissing: "Falta ainda a resposta de {name}.",
	}
)
