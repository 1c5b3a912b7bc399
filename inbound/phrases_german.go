package inbound

var german = []rule{
	{ReasonCashFlow, plain, `
liquiditat*
zahlungsengpass
engpass
knapp bei kasse
warten ~3 zahlung|zahlungseingang|geld ~2 kunden|kunde
kunde|kunden|kunden ~2 zahlt|zahlen|bezahlt|gezahlt|uberweist`},
	{ReasonCashFlow, fixed, `
kunde|kunden ~3 nicht ~1 gezahlt|bezahlt`},
	{ReasonAdminHurdle, plain, `
zahllauf|zahlungslauf|buchhaltungswechsel|systemumstellung|softwareumstellung|urlaubszeit|krankheitsbedingt
neue|neues|neuen system|software|bank
umstellung
bestellnummer fehlt
kollegin|kollege|buchhaltung ~4 urlaub|krank|nicht
lieferantenstamm*
in bearbeitung
personalmangel`},
	{ReasonUnforeseen, plain, `
brand in|im
hochwasser|uberschwemmung|wasserschaden|unfall|krankenhaus|todesfall|einbruch|cyberangriff|unvorhergesehen*|unerwartet*|notfall|erkrankt|erkrankung|streik
hohere|hoherer gewalt`},
	{ReasonApprovalPending, plain, `
freigabe|genehmigung ~3 aus|fehlt|ausstehend|offen|abwarten
wartet|warten ~4 freigabe|genehmigung|unterschrift
muss|mussen ~4 freigegeben|genehmigt|unterschrieben
in freigabe|prufung
sobald|wenn|bis ~5 freigegeben|genehmigt`},
	{ReasonApprovalPending, fixed, `
nicht|noch ~1 freigegeben|genehmigt
noch nicht freigegeben|genehmigt|unterschrieben`},
	{ReasonInvoiceMissing, fixed, `
rechnung ~5 nicht|nie|keine ~2 erhalten|bekommen|gefunden|vor|angekommen|eingegangen|finden
keine rechnung
nicht|nie ~3 rechnung erhalten|bekommen
rechnung fehlt`},
	{ReasonInvoiceMissing, plain, `
rechnung ~4 erneut|nochmal|nochmals|kopie|zusenden|zuschicken|schicken|senden
rechnungskopie
kopie der rechnung`},
	{ReasonDispute, plain, `
beschadigt*|defekt*|mangelhaft*|fehlerhaft*|kaputt
mangel|mangeln
falsch* ~1 betrag|preis|menge|ware|lieferung|rechnung|artikel
rechnung|betrag|preis|menge ~3 falsch|fehlerhaft
bestreiten|bestreite|widersprechen|widerspruch|reklamation|reklamieren|reklamiert|beanstanden|einwand|einwande
gutschrift
zuruckgeschickt|zurucksenden|retourniert|unvollstandig
doppelt berechnet|abgerechnet
bis|solange|sobald ~6 ersetzt|repariert|korrigiert|behoben`},
	{ReasonDispute, fixed, `
nicht|nie|kein* ~2 geliefert|bestellt|einverstanden
stimmt|stimmen ~3 nicht
ware|lieferung ~3 nicht|nie ~2 erhalten|angekommen|bekommen
nicht einverstanden`},
	{ReasonOversight, plain, `
ubersehen|vergessen|versehentlich|untergegangen|versehen|durchgerutscht
spam ordner
entschuldig* ~4 verspatung|verzogerung|verspatete`},
	{FlagSaysPaid, claim, `
haben|habe|hat|wurde|wurden|ist|sind ~6 bezahlt|uberwiesen|beglichen|gezahlt|angewiesen
geld|zahlung|uberweisung ~4 unterwegs
bereits|schon ~2 bezahlt|uberwiesen|beglichen|gezahlt|angewiesen
zahlung|uberweisung|betrag ist|wurde ~3 erfolgt|raus|veranlasst|ausgefuhrt|getatigt`},
	{FlagAsksQuestion, fixed, `
bitte ~4 mitteilen|erklaren|bestatigen|zusenden|schicken|senden|sagen
konnen|konnten sie ~4
teilen sie uns|mir`},
	{FlagWantsPlan, plain, `
rate|raten|ratenzahlung|ratenplan|teilzahlung|teilzahlungen|stundung|zahlungsaufschub|fristverlangerung|zahlungsplan
mehr zeit
spater zahlen
aufschub`},
	{FlagHardship, plain, `
finanziell* ~1 schwierigkeiten|not|probleme|schwierig*|notlage
zahlungsschwierigkeiten|existenz|existenzbedrohend|notlage|kurzarbeit
schwierig* lage|situation|zeit`},
	{FlagHardship, fixed, `
nicht|kein* ~2 leisten|geld`},
	{markWithholds, fixed, `
werden|werde|wird ~4 nicht ~2 zahlen|bezahlen|begleichen
zahlen|zahle|bezahlen|bezahle ~3 nicht
verweigern|verweigere ~2 zahlung
weigern|weigere ~4 zahlen`},
	{FlagRepresented, plain, `
anwalt|anwaltin|rechtsanwalt|rechtsanwaltin|anwalte|rechtsabteilung|rechtsbeistand|kanzlei`},
	{FlagCeaseContact, fixed, `
keine ~3 mails|e|mahnungen|erinnerungen|nachrichten|anrufe mehr
nicht|keinesfalls ~2 kontaktieren|anschreiben|anrufen
nicht mehr ~2 kontaktieren|anschreiben|anrufen|schreiben
lassen sie uns|mich in ruhe
horen|unterlassen sie ~3 auf|mahnungen`},
	{FlagComplaint, plain, `
beschwerde|beschweren|beschwere|unverschamt*|unverschamtheit|frechheit|inakzeptabel|belastigung`},
	{FlagInsolvency, plain, `
insolven*
zahlungsunfahig*|konkurs|insolvenzverwalter|insolvenzverwalterin|liquidation|eigenverwaltung`},
	{FlagWrongContact, fixed, `
nicht ~5 zustandig|verantwortlich|richtige
falsche|falscher|falschen person|ansprechpartner|adresse|abteilung|firma
nicht mehr ~2 unternehmen|firma|hier|tatig|bei
ausgeschieden
bitte ~2 wenden|an sie|herrn|frau`},
	{markThanks, plain, `
danke|dank|erhalten|verstanden
zur kenntnis
melden|melde ~2 uns|mich
kummern|kummere ~2 uns|mich|darum
prufen|prufe ~2 das|es|dies
leiten|leite ~3 weiter`},
	{markBecause, plain, `
weil
wegen
aufgrund
grund ist|dafur|hierfur`},
}
