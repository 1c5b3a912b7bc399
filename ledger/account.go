// Package ledger holds the books of a factor: the chart of accounts, one function
// for each kind of journal and the sums and identities over them. In every figure
// here a debit is positive and a credit negative. It is pure: what a journal says
// is decided here, when one is posted is decided in package marketplace.
package ledger

// An Account is the code of an account in a factor's book, as it is stored and
// as it stands on the wire.
type Account string

// The accounts of a factor's book (DOMAIN 3.8 with D-1 and D-4). "Collection" is
// the bank account named in the notice, "operating" the factor's other one.
const (
	FactoredReceivables Account = "factored_receivables"
	AccruedFees         Account = "accrued_fees"
	CashOperating       Account = "cash_operating"
	CashCollection      Account = "cash_collection"
	PaymentsInTransit   Account = "payments_in_transit"
	SellerRecourse      Account = "seller_recourse_receivable"

	AdvancePayable     Account = "advance_payable"
	Reserve            Account = "reserve"
	RebatePayable      Account = "rebate_payable"
	UnappliedCash      Account = "unapplied_cash"
	DueToDebtor        Account = "due_to_debtor"
	PassThroughPayable Account = "pass_through_payable"
	OutputTax          Account = "output_tax"

	DiscountFeeIncome Account = "discount_fee_income"
	OriginationIncome Account = "origination_income"
	WireFeeIncome     Account = "wire_fee_income"

	CreditLoss      Account = "credit_loss"
	ProcessingCosts Account = "processing_costs"
)

// An AccountType says on which side of the accounts an account stands: "A", "L",
// "I" or "E".
type AccountType string

// The types of account there are.
const (
	Asset     AccountType = "A"
	Liability AccountType = "L"
	Income    AccountType = "I"
	Expense   AccountType = "E"
)

type description struct {
	account Account
	kind    AccountType
	name    string
}

var chart = []description{
	{CashOperating, Asset, "Cash operating"},
	{CashCollection, Asset, "Cash collection"},
	{PaymentsInTransit, Asset, "Payments in transit"},
	{FactoredReceivables, Asset, "Factored receivables"},
	{AccruedFees, Asset, "Accrued fees"},
	{SellerRecourse, Asset, "Seller recourse receivable"},
	{AdvancePayable, Liability, "Advance payable"},
	{Reserve, Liability, "Reserve"},
	{RebatePayable, Liability, "Rebate payable"},
	{UnappliedCash, Liability, "Unapplied cash"},
	{DueToDebtor, Liability, "Due to debtor"},
	{PassThroughPayable, Liability, "Pass-through payable"},
	{OutputTax, Liability, "Output tax"},
	{DiscountFeeIncome, Income, "Discount-fee income"},
	{OriginationIncome, Income, "Origination income"},
	{WireFeeIncome, Income, "Wire-fee income"},
	{CreditLoss, Expense, "Credit loss"},
	{ProcessingCosts, Expense, "Processing costs"},
}

// Chart returns every account there is, in the order of a trial balance.
func Chart() []Account {
	accounts := make([]Account, len(chart))
	for i, d := range chart {
		accounts[i] = d.account
	}
	return accounts
}

// Known reports whether a is in the chart.
func (a Account) Known() bool { return a.Type() != "" }

// Type returns the type of a, or "" when a is not in the chart.
func (a Account) Type() AccountType { return a.described().kind }

// Name returns the name of a for people, such as "Factored receivables", or ""
// when a is not in the chart.
func (a Account) Name() string { return a.described().name }

// OwnCash reports whether a is one of the factor's two bank accounts, which may
// hold money when a deal is settled: what it earned.
func (a Account) OwnCash() bool { return a == CashOperating || a == CashCollection }

func (a Account) described() description {
	for _, d := range chart {
		if d.account == a {
			return d
		}
	}
	return description{}
}
