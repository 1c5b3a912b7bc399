package inbound

// phrases is what is recognised, in every language.
var phrases = compile(english, englishFlags, german, french, spanish, portuguese)

var english = []rule{
	{ReasonCashFlow, plain, `
cash flow|position|shortage|crunch|squeeze
cashflow
cash|money|funds|liquidity is|are ~2 tight|short|low|limited
short|low of|on ~1 cash|funds|money|liquidity
liquidity
tight month|quarter
waiting ~2 to be paid
waiting|wait ~4 customer|customers|client|clients to pay
waiting|wait for|on ~2 payment|payments|money|funds from ~2 customer|customers|client|clients
until|once|when|after|as ~1 our|my|a|the ~2 customer|customers|client|clients ~2 pay|pays|paid
until|once|when|after we are|get|have|are ~1 paid by|from
until|once|when|after we receive ~2 payment|money|funds ~1 from
waiting for ~3 loan|financing|funding|grant|credit`},
	{ReasonCashFlow, fixed, `
customer|customers|client|clients has|have|are not ~1 paid|paying ~1 us
customer|customers|client|clients hasn't|haven't paid
customer|customers|client|clients ~2 paying|pay|pays ~1 late
insufficient|not|no ~1 funds
don't|not|cannot|can't have ~2 funds|cash|money|liquidity`},
	{ReasonAdminHurdle, plain, `
payment|pay|cheque|check run
new|change|changing|changed|switching|migrating|migration|migrated ~3 erp|system|systems|software|bank|banks|accounting|portal
system|software|erp ~2 migration|upgrade|changeover|outage|down
vendor|supplier ~1 setup|set|registration|onboarding|form|master|number
bank details ~3 verify|verified|checked|confirm|confirmed|change|changed|update|updated
verify|confirm|update|check ~3 bank details|account
w 9|9s
w9
tax form|certificate|id
po|order ~1 number ~2 missing|required|needed|wrong
missing|need|needs|require|requires ~2 po|purchase ~1 order|number
internal|accounting ~2 process|processes|procedure|procedures|reorganisation|reorganization
month end close|closing
backlog
short staffed
understaffed
staff shortage|changes|turnover
colleague|bookkeeper|accountant|controller ~4 vacation|holiday|leave|sick|away
on|from ~1 vacation|holiday|leave
is|are out until|till
next ~1 run
closing ~2 month|books
cost center|centre
goods receipt missing|pending
being processed|processing
in ~1 queue
scheduled ~2 next|our ~1 payment|run|batch`},
	{ReasonAdminHurdle, fixed, `
link|portal|page|website ~2 not|doesn't|don't work|working|open|load`},
	{ReasonUnforeseen, plain, `
flood*
fire at|in|destroyed|damaged
a|the|had fire
storm|hurricane|earthquake|tornado|burglary|theft|ransomware|bereavement|pandemic
cyber ~1 attack|incident
cyberattack
hacked
power outage|cut
force majeure
unforeseen|unexpected|unforeseeable
illness|hospital|hospitalised|hospitalized|surgery
passed away
death in|of
accident
family|medical emergency
on strike
strike at|in
break in`},
	{ReasonApprovalPending, plain, `
waiting|awaiting|await|awaits|waits|pending ~4 approval|approve|approved|sign|signoff|signature|authorisation|authorization|authorised|authorized|release
approval|authorisation|authorization|signature is|are ~1 pending|missing|outstanding|needed|required
pending|needs|need|requires|require|requested|request|requesting ~3 approval|approved|signature|signoff|authorisation|authorization
needs|need|has|have|must|waiting to|be be|sign|signed approved|signed|off|authorised|authorized
needs to sign|approve
has|have|must to be ~1 approved|signed|authorised|authorized
approval process|workflow
in|for approval
for ~2 sign off
under|in review
with ~2 manager|director|cfo|ceo|boss|controller|supervisor for
manager|director|cfo|ceo|boss|controller|board|owner has|must|needs ~2 to approve|sign|release
manager|director|cfo|ceo|boss|board must|will approve|sign
once|until|when|after|as ~3 approved|approves|signed|signs|authorised|authorized
being approved|reviewed`},
	{ReasonApprovalPending, fixed, `
not|hasn't|haven't|isn't been|yet|be|fully approved|signed|authorised|authorized
not|hasn't|haven't|isn't ~2 approved|signed
not|no approval yet
nobody|none ~2 sign|approve
no one ~2 sign|approve
without approval|signature
has|have not|yet ~1 signed|approved
hasn't|haven't ~1 signed|approved`},
	{ReasonInvoiceMissing, fixed, `
not|never|haven't|hasn't|didn't ~2 received|receive|got|get|seen|see|arrived|have ~3 invoice|invoices|bill
invoice|invoices|bill ~2 never|not|hasn't|didn't ~1 arrived|arrive|reached|reach|received|came|come
don't|not|doesn't have ~4 invoice|invoices|bill
can't|cannot|couldn't|not|unable ~2 find|locate|trace ~4 invoice|invoices|bill|it
no record|trace|copy of ~3 invoice|invoices|bill
no invoice|invoices
never received|got it|this|that|them
not received it|this|that|them
haven't received it|this|that|them
invoice|invoices is|are ~1 missing|lost
lost|misplaced ~2 invoice|invoices
missing ~1 invoice|invoices`},
	{ReasonInvoiceMissing, plain, `
send|resend|forward|provide|share|email|mail ~3 copy|copies ~2 invoice|invoices|bill|it|them
send|resend|forward|provide|share|email|mail ~3 invoice|invoices ~1 again|over|please|as|to
send|forward|provide|share|email|mail me|us ~2 invoice|invoices
resend|forward ~2 invoice|invoices
copy of ~3 invoice|invoices
re send ~3 invoice|invoices
which|what invoice|invoices`},
	{ReasonDispute, plain, `
dispute|disputed|disputing|disputes
disagree|contest|contested|contesting
damaged|defective|faulty|broken|unusable|scratched|cracked|spoiled|rotten
wrong quantity|quantities|price|prices|amount|goods|items|product|products|colour|color|size|order|model|delivery|invoice|vat|tax|rate
incorrect
price|prices|amount|quantity|total|figure|rate ~5 wrong|incorrect|mistaken
invoice|bill ~4 wrong|incorrect|inaccurate|error|errors|mistake|duplicate
error|errors|mistake|mistakes|discrepancy in|on|with|between ~3 invoice|bill|price|amount|quantity|order
discrepancy|discrepancies
duplicate invoice|billing|bill|charge
overcharged|overbilled|overpriced
overcharge
charged|billed|invoiced ~2 twice|double|wrongly|incorrectly
charged ~1 too much
pay|paying|paid ~2 twice
short delivery|shipment|delivered|shipped
partial|incomplete delivery|shipment
delivery|shipment|order|work|job|service ~2 incomplete|unfinished|late
missing items|parts|pieces|units|pallets|boxes|cartons|goods|doors|chairs
items|parts|pieces|units|pallets|boxes|cartons|chairs|doors|hours ~2 missing
credit note|memo
expect|want|need|request|issue|waiting ~3 credit
returned|rejected ~2 goods|items|order|delivery|shipment|them|pallets|products
poor|bad quality|workmanship
quality ~2 poor|bad|issue|issues|problem|problems
unfinished|incomplete work|job
work|job ~2 unfinished|incomplete
withhold|withholding|deduct|deducting
refund
until|once|after|when|unless ~6 replaced|repaired|fixed|corrected|credited|redelivered|resolved|replace|repair|fix|correct|finished|completed
problem|problems|issue|issues with ~2 goods|delivery|order|work|quality|product|products|service|shipment|invoice
cancelled|canceled ~3 order|contract|service|subscription
order|contract was|been cancelled|canceled`},
	{ReasonDispute, fixed, `
not|never|wasn't|weren't|hasn't|haven't been|fully|yet delivered|completed|finished|supplied
not|never|wasn't|weren't|hasn't|haven't ~1 delivered|completed|finished|supplied
goods|delivery|shipment|order|items|parcel|pallets|chairs|services never|not|hasn't|haven't|didn't ~1 arrived|arrive|came|come|delivered
not as ordered|agreed|described|specified|quoted
not ~1 what we|i ordered|agreed
not|never|didn't|haven't ~1 order|ordered ~1 this|these|it|them|that|any|from|those
not|don't|cannot|can't agree
don't|not|do|never recognise|recognize|owe
not ~1 match
doesn't|don't|didn't match|agree|correspond
not|isn't correct|right
isn't ~1 correct|right
not|isn't ~1 our invoice|debt
not|isn't|wasn't what ~3 agreed|ordered|quoted
no goods|delivery ~1 received|arrived
never ~1 received ~2 goods|delivery|order|items|shipment
not|haven't|didn't|hasn't ~1 received|receive ~2 goods|delivery|order|items|shipment|chairs|pallets`},
	{ReasonOversight, plain, `
overlooked|oversight|overlook
slipped|slip through|my|our|by|under
forgot|forgotten
missed ~2 invoice|it|this|payment|due|deadline|email|reminder
my|our ~1 mistake|fault|oversight|error|bad
lost track|sight
spam|junk ~1 folder|mail
went|in|into ~2 spam|junk
got lost
escaped ~2 attention|notice
sorry|apologies|apologise|apologize ~3 late|delay|delayed|lateness|oversight|overlooking|missing|tardiness`},
}
