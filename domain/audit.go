package domain

import (
	"crypto/sha256"
	"fmt"
)

// Audited returns the audit row of one state change. Content is what the change
// said; only its digest is kept in the row.
func Audited(id AuditID, by Caller, action, kind string, subject [16]byte, content ...any) AuditRow {
	digest := sha256.New()
	fmt.Fprintf(digest, "%s\n%s\n%x\n%s\n%s\n", action, kind, subject, by.User, by.Organization)
	for _, part := range content {
		fmt.Fprintf(digest, "%v\n", part)
	}
	return AuditRow{ID: id, By: by, Action: action, SubjectKind: kind, Subject: subject, Digest: digest.Sum(nil)}
}
