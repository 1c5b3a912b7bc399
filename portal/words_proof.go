package portal

// proofWords are what the pages say of a proof that was given.
type proofWords struct{ ProofLetter phrase }

var (
	proofEnglish    = proofWords{"The confirmation of the sale, as a letter"}
	proofSpanish    = proofWords{"La confirmación de la venta, en una carta"}
	proofFrench     = proofWords{"La confirmation de la vente, sous forme de lettre"}
	proofGerman     = proofWords{"Die Bestätigung des Verkaufs, als Brief"}
	proofPortuguese = proofWords{"A confirmação da venda, numa carta"}
)
