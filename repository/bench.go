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

// lookStatements returns, by name, the statements of a look at a case and of a message on
// its way. Each touches a case by its id, so that one plan is right for all; what row-level
// security adds to them takes longer to plan than to do.
func lookStatements() map[string]string {
	return map[string]string{
		"lock_case_and_address": lockCaseAndAddress,
		"load_case":             loadCase,
		"save_case":             saveCase,
		"wake_case":             wakeCase,
		"insert_gate":           insertGate,
		"save_touch":            saveTouch,
		"plan_touch":            planTouch,
		"cancel_touches":        cancelTouches,
		"lock_case_of_touch":    lockCaseOfTouch,
		"read_touch_file":       readTouchFile,
		"update_touch":          updateTouch,
		"save_judged":           saveJudged,
	}
}
