package domain

// A MessageDuty says who stands behind the messages of one class about a deal (D-24, C-212).
type MessageDuty struct {
	Class   MessageClass
	Sender  []OrganizationKind // in whose name they leave
	Writer  OrganizationKind   // whose people agree to them where people must
	Replies OrganizationKind   // whom an answer addresses; both sides read it
}

// An ActDuty says who may agree to something with the debtor, who must consent and who is told (D-10).
type ActDuty struct {
	Act      string
	Grants   []OrganizationKind
	People   int // of the side that grants
	Consents []OrganizationKind
	Told     []OrganizationKind
}

// The acts that a debtor's matter may be settled by.
const (
	ActPromise     = "promise"
	ActPlanInside  = "plan_inside_envelope"
	ActPlanOutside = "plan_outside_envelope"
	ActSettlement  = "settlement"
	ActCredit      = "credit_note"
	ActDisclosing  = "disclosing" // that the debtor is told after all
	ActOutside     = "outside_collection"
)

// MessageDuties lists the classes of messages that there may be in a mode, and who stands behind them.
func (d Disclosure) MessageDuties() []MessageDuty {
	if d == Confidential {
		var all []MessageDuty
		for _, class := range []MessageClass{ClassHeadsUp, ClassReminder, ClassCall, ClassAnswer, ClassInstalment, ClassThankYou, ClassReceipt} {
			all = append(all, MessageDuty{class, []OrganizationKind{KindSeller}, KindFactor, KindSeller})
		}
		return all
	}
	all := []MessageDuty{{ClassLegalNotice, []OrganizationKind{KindSeller, KindFactor}, KindFactor, KindFactor}}
	for _, class := range []MessageClass{ClassHeadsUp, ClassReminder, ClassCall, ClassAnswer, ClassInstalment, ClassThankYou, ClassReceipt, ClassPriorNotice, ClassProtective, ClassValidation} {
		all = append(all, MessageDuty{class, []OrganizationKind{KindFactor}, KindFactor, KindFactor})
	}
	return append(all, MessageDuty{ClassRelease, []OrganizationKind{KindSeller, KindFactor}, KindFactor, KindFactor})
}

// ActDuties lists what may be agreed with a debtor in a mode, and by whom: the owner of the claim grants,
// the bearer of the loss consents (D-10).
func (d Disclosure) ActDuties() []ActDuty {
	factor, seller := []OrganizationKind{KindFactor}, []OrganizationKind{KindSeller}
	inside := ActDuty{ActPlanInside, factor, 1, nil, seller}
	all := []ActDuty{{ActPromise, factor, 1, nil, seller}, inside, {ActPlanOutside, factor, 2, seller, nil}, {ActSettlement, factor, 2, seller, nil}, {ActCredit, seller, 1, factor, nil}}
	if d == Confidential {
		all[1] = ActDuty{ActPlanInside, []OrganizationKind{KindFactor, KindSeller}, 1, nil, []OrganizationKind{KindFactor, KindSeller}}
		return append(all, ActDuty{ActDisclosing, factor, 2, nil, seller})
	}
	return append(all, ActDuty{ActOutside, factor, 2, nil, seller})
}
