package localpg

// Forgetful returns the settings of a server for tests: fast, and nothing
// survives a crash of the machine.
func Forgetful() map[string]string {
	return map[string]string{
		"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "300", "autovacuum": "off",
	}
}
