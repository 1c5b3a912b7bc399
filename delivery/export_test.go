package delivery

import (
	"crypto/x509"
	"time"
)

// MaxMail is how much of a mail is read.
const MaxMail = maxMail

// Trust makes an inbox trust other roots than the system's.
func (i *Inbox) Trust(roots *x509.CertPool) { i.roots = roots }

// Hurry makes an inbox less patient with a server.
func (i *Inbox) Hurry(patience time.Duration) { i.patience = patience }
