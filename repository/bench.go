package repository

// HotStatements returns, by name, the statements that a submission and an
// acceptance send between BEGIN and COMMIT, and authenticate, which every
// request sends before. They may be named ([Options]); the benchmark gives the same texts to pgbench.
func HotStatements() map[string]string {
	return map[string]string{
		"authenticate":    authenticate,
		"enter":           enterTransaction,
		"load_submission": loadSubmission,
		"save_submission": saveSubmission,
		"load_acceptance": loadAcceptance,
		"save_acceptance": saveAcceptance,
		"insert_journals": insertJournals,
		"insert_trail":    insertTrail,
		"keep":            keepAnswer,
	}
}
