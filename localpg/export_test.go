package localpg

import "context"

// InstallWith installs as on a Debian whose files and apt-get are elsewhere.
func InstallWith(ctx context.Context, aptGet, conf, pattern string, say func(string, ...any)) error {
	return packager{conf: conf, pattern: pattern, aptGet: aptGet}.install(ctx, say)
}
