package domain

import "time"

// A Sale is who agreed to a purchase on each side, as far as it was recorded.
type Sale struct {
	Deal      DealID
	Seller    string // the person who accepted the offer; "": not recorded
	Buyer     string // the person who approved the offer, or who opened the mandate that made it; "": not recorded
	OfferedAt time.Time
	Looked    bool // a person looked at this offer and approved it
}
