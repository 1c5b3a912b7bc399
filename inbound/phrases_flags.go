package inbound

var englishFlags = []rule{
	{FlagSaysPaid, claim, `
have|has|had|we've|i've|they've|it's ~2 paid|settled|transferred|remitted|wired
was|were|been ~1 paid|settled|transferred|remitted|wired
is|are ~1 already ~1 paid|settled|transferred
is paid
we|i|they ~1 paid|settled|transferred|remitted|wired
already paid|settled|transferred|remitted|wired|sent ?the ?payment
payment|payments|transfer|money|funds|wire|cheque|check was|were|has|have|went ~2 made|sent|done|initiated|issued|processed|released|completed|executed|out|cleared|gone|left|mailed|posted
payment sent|made|done|completed|processed|released
have|has|we've|i've ~1 made|sent|released|issued|initiated|processed|executed ~2 payment|transfer|wire|money|funds|cheque|check
we|i ~1 made|sent|released|issued|initiated|executed|mailed|posted ~2 payment|transfer|wire|money|funds|cheque|check|remittance
paid on|yesterday|today|already|in|last|via|by|this
transferred|wired|remitted yesterday|today|on|last|this
cheque|check ~2 in ~1 mail|post
remittance ~2 attached
proof|confirmation of payment
attached ~3 remittance|receipt|swift
payment|money|funds|cheque|check|transfer is|are ~1 on its|the|their way`},
	{FlagSaysPaid, fixed, `
you should|must have ~2 received|got|had ~2 payment|money|funds|transfer|cheque|check`},
	{FlagAsksQuestion, fixed, `
please ~1 provide|clarify|explain|advise|tell|specify|share
please ~1 confirm
please ~1 send|resend|forward|email ~3 invoice|invoices|copy|statement|details|proof|breakdown|bank|documents|delivery|pod|contract|po
let me|us know ~1 what|which|where|how|who|why|when|whether|the|your
can|could|would you ~2 send|resend|confirm|clarify|explain|tell|provide|check|let|please|advise|share|give|call
i|we wonder
would like to know|understand
want|need to know|understand
not|don't understand|sure ~3 what|which|why|how|invoice|charge|amount`},
	{markCourtesy, fixed, `
how are you
hope you are|had
have any ~1 questions
anything else
if you need
need anything
not hesitate
you're welcome`},
	{FlagWantsPlan, plain, `
payment|repayment|instalment|installment plan|arrangement|schedule
instalment*
installment*
in two|three|four|five|six|several|2|3|4|5|6 ~1 parts|payments|tranches|rates
pay|paying|spread|split ~4 monthly|weekly|parts|tranches|months
monthly|weekly|partial payment|payments
split ~3 payment|amount|invoice|balance
half now
half ~3 and ~2 half
rest|remainder|other|balance ~1 half|later|in
extension
more time|weeks|days|months
need|needs ~2 until|till
extend ~3 deadline|due|term|terms|payment|date
postpone|defer|deferral|reschedule
grace period
later date
new ~1 payment|due date|timeline|schedule`},
	{FlagHardship, plain, `
hardship
struggling|struggle
financial|financially difficult|difficulty|difficulties|trouble|distress|problems|stretched|strained
going out of business
closing down
close ~2 business|doors|shop
laid off|people
lost ~3 biggest|largest|main|major customer|client|contract
lost my|his|her job
make ends meet
make ~1 payroll
on ~1 brink
barely surviv*
very|extremely difficult|hard time|times|period|situation|year|months
fighting ~2 surviv*
going through ~3 hard|difficult|tough|rough`},
	{FlagHardship, fixed, `
can't|cannot|not|couldn't ~2 afford
no money
not|cannot|can't|unable ~3 pay ~2 salaries|wages|staff|rent|anyone|anybody|anything
don't|not have ~2 money`},
	{markWithholds, fixed, `
will|shall not ~1 pay|settle
won't|shan't ~1 pay|settle|paying
will|won't not|be be|paying paying|this
refuse|refuses|refusing ~2 pay|payment
not going to ~1 pay
no intention of|to ~1 pay|paying
not|aren't paying ~1 this|that|it|you|any|anything|for|the|until|unless|before
not|don't|never ~1 intend to ~1 pay
never ~1 pay ~1 this|that|it|you`},
	{FlagRepresented, plain, `
our|my|a|the ~1 lawyer|lawyers|attorney|attorneys|solicitor|solicitors|counsel
represented by
legal representative|representation|counsel|department|team
law firm
contact|write|speak|talk ~3 lawyer|lawyers|attorney|attorneys|solicitor|solicitors`},
	{FlagCeaseContact, fixed, `
stop|cease|quit ~1 contacting|emailing|mailing|calling|writing|messaging|harassing|sending|bothering|reminding
not|don't|never ~1 contact|email|call|write|message ~1 me|us|again|anymore
not|don't|never send ~2 me|us|any ~2 emails|mails|reminders|messages|letters
leave me|us alone
unsubscribe
remove me|us|my|our ~3 from|list
cease and desist
no further|more contact|emails|mails|reminders|letters|calls|messages`},
	{FlagComplaint, plain, `
complaint|complain|complaining
unacceptable|outrageous|outraged|disgusted|disgusting|unprofessional|harassment|harassing|appalled|disgraceful
rude|threatening ~2 email|mail|letter|tone|message|call|way
report you|this ~1 to
ombudsman|regulator|cfpb
trading standards
very|extremely ~1 disappointed|upset|unhappy|annoyed`},
	{FlagInsolvency, plain, `
insolven*
bankrupt*
chapter 7|11|13
in|into|entered|entering|under administration|receivership|liquidation
administrator|administrators|liquidator|receiver|trustee appointed|has|have|was|is
appointed ~2 administrator|administrators|liquidator|receiver|trustee
wound|winding up
moratorium
automatic stay
creditors ~1 meeting|voluntary
ceased trading|operations
breathing space`},
	{FlagWrongContact, fixed, `
no longer work*
no longer with|at|employed|responsible|handle|handles|in
left ~1 company|business|firm
wrong person|contact|department|email|address|company|recipient|mailbox
not|isn't|aren't ~1 right|correct|responsible ~1 person|contact|department|address|company|for
not|isn't my ~1 department|responsibility|job|area
doesn't|does|not ~1 work|works here
please|kindly|instead contact|write|email|ask|address|direct|use ~3 instead|directly|@
please contact ~2 at|under|from
has|have left us|the
you ~2 wrong ~1 person|company|contact|address
never heard of ~2 company|you|seller|them|this
not ~1 our company|customer|supplier`},
	{markThanks, claim, `
received`},
	{markThanks, plain, `
thank|thanks
noted
understood
ok|okay
got it
will|i'll|we'll ~2 look|check|revert|review|investigate|forward|pass|respond|reply|come|get
get|getting back to
looking|checking|working into|on|it|with|this|now
passed|passing|forwarded|forwarding ~4 to|on
will do
acknowledge|acknowledged
let ~1 check|look
confirm receipt
on it`},
	{markBecause, plain, `
because
due to
reason|reasons is|for|was|why
owing to`},
	{markHalf, plain, `
half of ~1 it|this|that|amount|invoice|balance|sum|total|bill
half ~1 amount|invoice|balance|sum|total|bill
half last|yesterday|now|today|tomorrow|immediately|on|by|this|next|in|upfront|first
pay|paying|transfer|send ~1 half
first|other|second|remaining half
die|der halfte
halfte
la moitie
moitie
la mitad
mitad
a metade
metade`},
	{markWhole, fixed, `
whole|full|entire|total|complete amount|balance|sum|invoice|payment|bill
in full
full ~1 payment
pay|settle ~1 everything|all
pay|settle it|this all
remaining amount|balance
gesamte|gesamten|volle|vollen|ganze|ganzen|kompletten betrag|summe|rechnung
in voller hohe
totalite
montant total
en totalite
integralite
importe|monto total|completo
totalidad
valor total|integral
totalidade`},
}
