package portal

// calendarWords is what the calendar of what falls due says. It names the seller and nobody else, so that
// it reads the same to a debtor that is not told of a sale.
type calendarWords struct {
	Title                          phrase // of the link, and the calendar's name
	Due, DueInParts                phrase
	Promised, Instalment           phrase
	Invoice, Order, Quote, Changes phrase
}

var (
	calendarEnglish = calendarWords{
		Title: "Calendar of what falls due",
		Due:   "{amount} due to {seller}, invoice {number}", DueInParts: "A plan is agreed for this invoice: what counts are the days of its instalments.",
		Promised: "{amount} to {seller} on the day that you named, invoice {number}", Instalment: "{amount} to {seller}, instalment {n} of {of}, invoice {number}",
		Invoice: "Invoice {number} of {date}.", Order: "Order {order}.", Quote: "Please quote the reference {reference}.",
		Changes: "As it stood on {date}. Your statement shows what has changed since.",
	}
	calendarSpanish = calendarWords{
		Title: "Calendario de vencimientos",
		Due:   "{amount} a {seller}: vence la factura {number}", DueInParts: "Para esta factura hay un plan acordado: valen los días de sus plazos.",
		Promised: "{amount} a {seller} el día que usted indicó, factura {number}", Instalment: "{amount} a {seller}, plazo {n} de {of}, factura {number}",
		Invoice: "Factura {number} del {date}.", Order: "Pedido {order}.", Quote: "Indique la referencia {reference}.",
		Changes: "Situación del {date}. Su resumen muestra lo que ha cambiado desde entonces.",
	}
	calendarFrench = calendarWords{
		Title: "Calendrier des échéances",
		Due:   "{amount} à {seller} : échéance de la facture {number}", DueInParts: "Un plan est convenu pour cette facture : ce sont les dates de ses versements qui comptent.",
		Promised: "{amount} à {seller} au jour que vous avez indiqué, facture {number}", Instalment: "{amount} à {seller}, versement {n} sur {of}, facture {number}",
		Invoice: "Facture {number} du {date}.", Order: "Commande {order}.", Quote: "Merci d’indiquer la référence {reference}.",
		Changes: "Situation au {date}. Votre relevé montre ce qui a changé depuis.",
	}
	calendarGerman = calendarWords{
		Title: "Kalender der Fälligkeiten",
		Due:   "{amount} an {seller} fällig, Rechnung {number}", DueInParts: "Für diese Rechnung ist ein Plan vereinbart: Es gelten die Tage seiner Raten.",
		Promised: "{amount} an {seller} am Tag, den Sie genannt haben, Rechnung {number}", Instalment: "{amount} an {seller}, Rate {n} von {of}, Rechnung {number}",
		Invoice: "Rechnung {number} vom {date}.", Order: "Bestellung {order}.", Quote: "Bitte geben Sie die Referenz {reference} an.",
		Changes: "Stand vom {date}. Ihre Übersicht zeigt, was sich seitdem geändert hat.",
	}
	calendarPortuguese = calendarWords{
		Title: "Calendário de vencimentos",
		Due:   "{amount} a {seller}: vence a fatura {number}", DueInParts: "Para esta fatura há um plano acordado: valem os dias das suas prestações.",
		Promised: "{amount} a {seller} no dia que indicou, fatura {number}", Instalment: "{amount} a {seller}, prestação {n} de {of}, fatura {number}",
		Invoice: "Fatura {number} de {date}.", Order: "Encomenda {order}.", Quote: "Indique a referência {reference}.",
		Changes: "Situação em {date}. O seu resumo mostra o que mudou desde então.",
	}
)
