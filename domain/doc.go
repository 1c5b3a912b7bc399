// Package domain holds what Comity is about: parties, relationships, invoices,
// offers, deals and cases; their identifiers, dates, calendars, states and the
// refusals they give. It is pure: no clock, no database, no network.
package domain
