package repository

import (
	"database/sql"
	"time"

	"github.com/google/uuid"

	"comity/domain"
	"comity/money"
)

// day returns a parameter for a date column; the zero Date is NULL.
func day(d domain.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// instant returns a parameter for a timestamptz column; the zero time is NULL.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// text returns a parameter for a nullable text column; "" is NULL.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// timeOf reads a timestamptz column.
func timeOf(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// idOf reads a nullable uuid column.
func idOf[I ~struct{ uuid.UUID }](id uuid.NullUUID) I {
	return I(struct{ uuid.UUID }{id.UUID})
}

// amount reads a _minor column next to its currency.
func amount(minor int64, currency string) money.Amount {
	return money.Minor(minor, money.Currency(currency))
}
