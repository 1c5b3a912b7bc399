package domain

import "github.com/google/uuid"

// A Page says which rows of a list are wanted, in the order of their ids.
type Page struct {
	After uuid.UUID // the last id of the page before; zero for the first page
	Limit int       // how many rows, at least 1
}
