//nolint:misspell // these are words of other languages
package inbound

var french = []rule{
	{ReasonCashFlow, plain, `
tresorerie
manque|manquons de ~1 liquidites|fonds
attendons|attends ~4 paiement|reglement ~3 client|clients`},
	{ReasonAdminHurdle, plain, `
nouveau|nouvelle|changement ~2 systeme|logiciel|banque|comptable
probleme|retard ~1 administratif|comptable|interne
comptable|collegue ~4 conge|conges|vacances|absent|absente|malade
bon de commande manquant|manque
en cours de traitement`},
	{ReasonUnforeseen, plain, `
incendie|inondation|deces|accident|hospitalisation|hospitalise|imprevu|imprevus|imprevue|cyberattaque|greve|maladie|cambriolage
force majeure`},
	{ReasonApprovalPending, plain, `
attente ~3 validation|approbation|signature|accord|autorisation
attend|attendons ~3 validation|approbation|signature|accord
doit|doivent ~2 etre ~1 validee|valide|approuvee|approuve|signee
en cours de validation
des|lorsque|quand ~6 validee|valide|approuvee|approuve`},
	{ReasonApprovalPending, fixed, `
pas ~3 validee|valide|approuvee|approuve|signee
pas encore ~2 validee|valide|approuvee|approuve`},
	{ReasonInvoiceMissing, fixed, `
pas|jamais ~3 recu|trouve|retrouve ~3 facture|factures
aucune facture
facture ~4 pas|jamais ~3 recue|arrivee|parvenue
ne trouve|trouvons pas ~3 facture`},
	{ReasonInvoiceMissing, plain, `
renvoyer|envoyer|transmettre|renvoyez|envoyez ~4 facture|factures|copie
copie|duplicata ~2 facture`},
	{ReasonDispute, plain, `
conteste|contestons|contester|contestation|litige|desaccord
endommage|endommagee|endommages|endommagees|defectueux|defectueuse|abime|abimes|abimee|abimees|casse|casses|cassees
erreur ~2 facture|facturation|prix|montant|quantite
montant|prix|quantite|facture ~3 incorrect|incorrecte|errone|erronee|faux|fausse
facture deux fois
avoir pour|de|sur|correspondant
reclamation
non conforme|conformes
tant|avant ~8 remplacees|remplaces|remplace|repare|corrige|corrigee`},
	{ReasonDispute, fixed, `
pas|jamais ~2 livre|livree|livres|livrees|commande
pas ~1 accord
pas ~3 recu ~2 marchandise|marchandises|commande|livraison
pas commande`},
	{ReasonOversight, plain, `
oubli|oublie|omission|inadvertance
spam|spams|indesirables
excuses|desole|desoles|desolee ~4 retard
passe|passee a travers
erreur de notre part`},
	{FlagSaysPaid, claim, `
avons|ai|a ete ~3 paye|payee|regle|reglee|vire|effectue|effectuee
avons|ai ~2 paye|regle|vire
virement|paiement|reglement a|est ~3 effectue|fait|parti|envoye
deja ~1 paye|payee|regle|reglee
avons effectue ~2 virement|paiement|reglement`},
	{FlagAsksQuestion, fixed, `
pouvez|pourriez vous ~5
merci de ~2 preciser|confirmer|envoyer|indiquer|renvoyer|transmettre|expliquer`},
	{FlagWantsPlan, plain, `
echelonner|echelonnement|echeancier|mensualites
delai ~3 paiement|supplementaire
delai supplementaire
plusieurs|deux|trois fois|versements
report ~3 paiement|echeance
reporter ~3 paiement|echeance`},
	{FlagHardship, plain, `
difficulte|difficultes financiere|financieres
difficultes
situation financiere difficile|delicate
situation ~2 difficile`},
	{FlagHardship, fixed, `
pas les moyens`},
	{markWithholds, fixed, `
ne paierons|paierai|reglerons|payons|paie ~1 pas|jamais|rien
refuse|refusons ~2 payer|regler`},
	{FlagRepresented, plain, `
avocat|avocate|avocats|conseil juridique
service juridique`},
	{FlagCeaseContact, fixed, `
cessez|arretez ~3 contacter|ecrire|relancer|appeler|harceler
ne ~2 contactez|ecrivez|appelez ~1 plus
plus ~3 contacter|ecrire|relances`},
	{FlagComplaint, plain, `
inacceptable|inadmissible|scandaleux|plainte|plaindre|harcelement`},
	{FlagInsolvency, plain, `
redressement|liquidation judiciaire
procedure de sauvegarde|collective
procedure collective
cessation de|des paiements
faillite
mandataire|administrateur judiciaire`},
	{FlagWrongContact, fixed, `
pas ~3 bonne|bon personne|interlocuteur|service|adresse
mauvaise|mauvais personne|interlocuteur|service|adresse
ne travaille plus
plus ~2 societe|entreprise
quitte ~2 societe|entreprise`},
	{markThanks, plain, `
merci|recu|compris
bien|pris note
revenons|reviens|reviendrai|reviendrons vers vous
transmets|transmettons|transfere ~4 service|collegue|comptabilite
accuse ~1 reception|bonne`},
	{markBecause, plain, `
parce qu|que
en raison
a cause
car nous|le|la|notre
suite a`},
}

var spanish = []rule{
	{ReasonCashFlow, plain, `
flujo de caja|efectivo
liquidez|tesoreria
falta de ~1 fondos|liquidez
esperando|esperamos ~4 cobro|pago ~3 cliente|clientes`},
	{ReasonAdminHurdle, plain, `
nuevo|cambio ~2 sistema|banco|programa
proceso|tramite|problema interno|administrativo
alta de|como proveedor
orden|pedido de compra falta
contable|companera|companero ~4 vacaciones|baja
dia de pago|pagos
en tramite`},
	{ReasonUnforeseen, plain, `
incendio|inundacion|fallecimiento|accidente|hospital|imprevisto|imprevistos|ciberataque|huelga|enfermedad|robo
fuerza mayor`},
	{ReasonApprovalPending, plain, `
pendiente ~2 aprobacion|aprobar|firma|autorizacion|visto
espera|esperando|esperamos ~3 aprobacion|firma|autorizacion
debe|tiene|falta ~3 aprobar|autorizar|aprobada|aprobarla|firmar
cuando|hasta|en ~5 aprobada|apruebe|aprueben|aprobado`},
	{ReasonApprovalPending, fixed, `
no ~3 aprobada|aprobado|autorizada|firmada`},
	{ReasonInvoiceMissing, fixed, `
no|nunca ~3 recibido|recibimos|encontramos|encuentro|tenemos|llegado ~3 factura|facturas
factura ~3 no ~3 recibido|llego|llegado
ninguna factura`},
	{ReasonInvoiceMissing, plain, `
enviar|reenviar|enviarnos|enviarme|envienos|envienme|mandar|reenviarnos|reenviarme ~4 factura|facturas|copia
copia ~2 factura`},
	{ReasonDispute, plain, `
danado|danada|danados|danadas|defectuoso|defectuosa|defectuosos|defectuosas|roto|rota|rotos|rotas
disputa|reclamacion|disconformidad|desacuerdo|impugnamos
error ~2 factura|precio|importe|cantidad
importe|precio|cantidad|factura ~3 incorrecto|incorrecta|erroneo|erronea|equivocado|equivocada
nota de credito|abono
factura rectificativa
cobrado|facturado dos veces|doble
hasta ~6 reemplacen|reparen|corrijan|reemplazadas|sustituyan|repongan`},
	{ReasonDispute, fixed, `
no estamos|estoy de acuerdo
no ~3 entregado|entregada|entregaron|pedimos|pedido|solicitamos
no ~2 recibido|recibimos ~2 mercancia|pedido|entrega|producto|productos`},
	{ReasonOversight, plain, `
olvido|olvidamos|olvidado|descuido|traspapelo|traspapelado
paso por alto
correo no deseado|spam
spam
error nuestro
disculpe|disculpen|disculpas|perdon ~4 retraso|demora`},
	{FlagSaysPaid, claim, `
hemos|he|ha|han sido|ya pagado|pagada|abonado|transferido
hemos|he ~2 pagado|abonado|transferido|realizado
ya ~2 pagamos|pague|pagado|pagada|abonado|abonada|transferimos
pago|transferencia fue|ha|esta|se ~2 realizado|realizada|hecho|hecha|realizo|enviado|enviada
hicimos|realizamos ~2 pago|transferencia
pagamos|pague ayer|hoy|el`},
	{FlagAsksQuestion, fixed, `
puede|pueden|podria|podrian ~1 enviar*|confirmar*|indicar*|decir*|aclarar*|explicar*|reenviar*
por favor ~1 confirme|indique|envie|aclare|confirmen|indiquen|envien`},
	{FlagWantsPlan, plain, `
plan de pago|pagos
plazo|plazos
cuotas
aplazar|aplazamiento|prorroga|fraccionar|fraccionado
mas tiempo`},
	{FlagHardship, plain, `
dificultad|dificultades economicas|financieras
situacion ~2 dificil|economica|delicada
problemas economicos|financieros`},
	{FlagHardship, fixed, `
no ~2 dinero
no podemos|puedo permitirnos|permitirme`},
	{markWithholds, fixed, `
no ~1 pagaremos|pagare|abonaremos
no vamos a ~1 pagar
nos|me negamos|niego a ~1 pagar`},
	{FlagRepresented, plain, `
abogado|abogada|abogados
departamento|asesoria juridico|juridica|legal`},
	{FlagCeaseContact, fixed, `
dejen|deje|dejad de ~1 contactar*|escribir*|llamar*|enviar*|molestar*
no ~2 contacten|contacte|escriban|llamen|escriba ~1 mas`},
	{FlagComplaint, plain, `
inaceptable|queja|acoso|indignante|verguenza`},
	{FlagInsolvency, plain, `
concurso de|voluntario acreedores
concurso
insolvencia|insolvente|quiebra|liquidacion`},
	{FlagWrongContact, fixed, `
no soy|es la|el persona|contacto|responsable ~1 adecuada|correcta|correcto|indicada
persona|contacto|direccion|departamento equivocada|equivocado|incorrecta|incorrecto
ya no trabaja|trabajo
no ~2 responsable ~2 pagos|facturas|esto`},
	{markThanks, plain, `
gracias|recibido|entendido|anotado
lo revisaremos|revisamos|revisare|miramos|miro
acuso|acusamos recibo`},
	{markBecause, plain, `
porque
debido a
motivo ~1 es`},
}

var portuguese = []rule{
	{ReasonCashFlow, plain, `
fluxo de caixa
falta de ~1 caixa|liquidez|fundos
aguardando|aguardamos|esperando ~4 pagamento|recebimento ~3 cliente|clientes`},
	{ReasonAdminHurdle, plain, `
novo|mudanca ~2 sistema|banco
processo|problema interno|administrativo
cadastro ~2 fornecedor
em processamento
colega|contador ~4 ferias|licenca`},
	{ReasonUnforeseen, plain, `
incendio|inundacao|enchente|falecimento|acidente|imprevisto|imprevistos|ciberataque|greve|doenca|assalto
forca maior`},
	{ReasonApprovalPending, plain, `
pendente ~2 aprovacao|assinatura|autorizacao
aguardando|aguardamos|aguarda ~3 aprovacao|assinatura|autorizacao
precisa|deve|falta ~3 aprovar|aprovada|autorizar|aprovacao
assim|quando|ate ~5 aprovada|aprovado|aprovar`},
	{ReasonApprovalPending, fixed, `
nao ~3 aprovada|aprovado|autorizada|assinada`},
	{ReasonInvoiceMissing, fixed, `
nao|nunca ~3 recebemos|recebi|encontramos|encontrei|temos|chegou ~3 fatura|faturas|nota|boleto
fatura|nota|boleto ~3 nao ~3 recebemos|recebi|chegou
nenhuma fatura|nota`},
	{ReasonInvoiceMissing, plain, `
enviar|reenviar|enviem|envie|reenvie|mandar ~4 fatura|faturas|nota|copia|boleto
copia|segunda ~2 fatura|nota|via
segunda via`},
	{ReasonDispute, plain, `
danificado|danificada|danificados|danificadas|defeituoso|defeituosa|defeituosos|defeituosas|quebrado|quebrada|quebrados|quebradas
com defeito
contestamos|contesto|contestacao|disputa|reclamacao|discordamos|discordo
erro ~2 fatura|nota|preco|valor|quantidade|cobranca
valor|preco|quantidade|fatura|nota ~3 incorreto|incorreta|errado|errada
nota de credito
cobrado|faturado duas vezes
ate ~7 substituidas|trocadas|consertadas|corrigida|substituirem|trocarem`},
	{ReasonDispute, fixed, `
nao concordamos|concordo
nao ~2 entregue|entregues|entregaram|pedimos|solicitamos
nao ~2 recebemos ~2 mercadoria|pedido|entrega|produto|produtos`},
	{ReasonOversight, plain, `
esquecemos|esqueci|esquecimento|descuido|despercebido|despercebida|lapso
spam
caixa de spam
erro nosso
desculpe|desculpem|desculpas ~4 atraso|demora`},
	{FlagSaysPaid, claim, `
ja ~2 pagamos|paguei|paga|pago|pagou|transferimos|quitada|quitado
foi|foram ~1 paga|pago|pagas|quitada|quitado|transferido
pagamento|transferencia|pix foi|ja ~2 feito|feita|realizado|realizada|efetuado|efetuada|enviado
fizemos|efetuamos|realizamos ~2 pagamento|transferencia|pix
pagamos ontem|hoje|no|na|em`},
	{FlagAsksQuestion, fixed, `
pode|podem|poderia|poderiam ~2 enviar|confirmar|informar|dizer|esclarecer|explicar|reenviar
por favor ~1 confirme|informe|envie|esclareca|confirmem|informem|enviem`},
	{FlagWantsPlan, plain, `
parcelar|parcelamento|parcelas|parcelado
prazo maior
mais prazo|tempo
plano de pagamento
prorrogar|prorrogacao|adiar`},
	{FlagHardship, plain, `
dificuldade|dificuldades financeira|financeiras
situacao ~2 dificil|complicada|delicada
problemas financeiros`},
	{FlagHardship, fixed, `
nao ~2 dinheiro|condicoes`},
	{markWithholds, fixed, `
nao ~1 pagaremos|pagarei
nao vamos|vou ~1 pagar
recusamos|recuso ~3 pagar|pagamento`},
	{FlagRepresented, plain, `
advogado|advogada|advogados
departamento|setor juridico`},
	{FlagCeaseContact, fixed, `
parem|pare de ~1 contatar|escrever|ligar|enviar|mandar|incomodar|nos
nao ~2 contatem|entrem|escrevam|liguem ~2 mais|contato`},
	{FlagComplaint, plain, `
inaceitavel|absurdo|assedio|procon`},
	{FlagInsolvency, plain, `
recuperacao|falencia judicial|decretada
falencia|insolvencia|insolvente|falida`},
	{FlagWrongContact, fixed, `
nao sou ~2 pessoa|responsavel
pessoa|contato|endereco|departamento errado|errada
nao trabalha|trabalho mais
nao ~2 responsavel ~2 pagamentos|faturas`},
	{markThanks, plain, `
obrigado|obrigada|recebido|ciente|entendido
vamos|vou verificar|analisar|ver
retorno|retornamos|retornaremos`},
	{markBecause, plain, `
porque
devido a|ao
motivo ~1 e`},
}
