package comity_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "comity/"

// rooms says which room may import which. It is policy: a change to it is a
// change to the architecture and needs a decision record, not a green build.
var rooms = map[string][]string{
	"money":                     {},
	"domain":                    {"money"},
	"ledger":                    {"money", "domain"},
	"underwriting":              {"money", "domain", "underwriting/paytime"},
	"formats":                   {"money", "domain"},
	"inbound":                   {"money", "domain"},
	"generator":                 {"money", "domain"},
	"underwriting/paytime":      {"domain"},
	"underwriting/figures":      {"underwriting/backtest", "underwriting/paytime"},
	"underwriting/backtest":     {"money", "domain", "formats", "underwriting/paytime"},
	"simulation":                {"money", "domain", "ledger", "underwriting", "underwriting/paytime", "underwriting/backtest"},
	"access":                    {"money", "domain"},
	"marketplace":               {"money", "domain", "ledger", "underwriting", "underwriting/paytime", "formats"},
	"collections":               {"money", "domain", "formats", "inbound"},
	"repository":                {"money", "domain", "ledger", "underwriting", "underwriting/paytime", "formats", "inbound", "migrations"},
	"repository/repositorytest": {"domain", "repository", "migrations", "localpg", "generator", "underwriting/backtest"},
	"delivery":                  {"money", "domain"},
	"localpg":                   {},
	"api":                       {"money", "domain", "ledger", "underwriting", "formats", "access", "marketplace", "collections", "inbound"},
	"portal":                    {"money", "domain", "collections"},
	"migrations":                {},
	"openapi":                   {},
	"cmd/comity": {
		"money", "domain", "ledger", "underwriting", "underwriting/paytime", "underwriting/backtest", "underwriting/figures", "simulation", "formats", "generator", "access", "marketplace", "collections", "inbound", "repository", "delivery",
		"localpg", "api", "portal", "openapi",
	},
	"cmd/openapi": {},
}

// pure rooms compute and decide. They may use harmless packages and no others,
// so they cannot wait, look anything up, tell the time or write a log.
var (
	pure = []string{
		"money", "domain", "ledger", "underwriting", "underwriting/paytime", "underwriting/backtest", "formats", "generator",
		"simulation", "inbound",
	}
	harmless = []string{
		"bufio", "bytes", "cmp", "compress/zlib", "crypto/sha256", "encoding/binary", "encoding/hex", "encoding/json", "encoding/xml", "errors", "fmt", "io", "iter", "maps", "math",
		"math/big", "math/bits", "math/rand/v2", "regexp", "slices", "sort", "strconv", "strings", "sync", "time", "unicode", "unicode/utf16", "unicode/utf8",
		"github.com/google/uuid", "github.com/shopspring/decimal", "github.com/rickar/cal/v2", "gonum.org/v1/gonum/mathext",
		"gonum.org/v1/gonum/mat", "encoding/csv", "hash", "mime", "net/mail", "golang.org/x/net/html", "golang.org/x/net/publicsuffix", "github.com/emersion/go-message/charset", "github.com/emersion/go-msgauth/authres",
		"codeberg.org/go-pdf/fpdf", "golang.org/x/image/font/gofont/gobold", "golang.org/x/image/font/gofont/goregular", "golang.org/x/image/font/sfnt", "golang.org/x/text/unicode/norm",
	}
	// floats says where a floating-point number may be named: where chances are worked
	// out, and where a length becomes the number that the PDF library wants.
	floats = []string{"underwriting", "formats/paper.go"}
)

// keepers says which rooms may use a package that is not for everyone.
var keepers = map[string][]string{
	"github.com/gin-gonic/gin":      {"api", "portal", "cmd/comity"},
	"net/http":                      {"api", "portal", "delivery", "cmd/comity", "cmd/openapi"},
	"github.com/jmoiron/sqlx":       {"repository", "localpg"},
	"github.com/lib/pq":             {"repository", "repository/repositorytest", "localpg"},
	"database/sql":                  {"repository", "repository/repositorytest", "localpg"},
	"log/slog":                      {"api", "portal", "collections", "cmd/comity"},
	"os":                            {"cmd/comity", "cmd/openapi", "localpg", "repository/repositorytest"},
	"codeberg.org/go-pdf/fpdf":      {"formats"},
	"github.com/arran4/golang-ical": {"portal"},
	"github.com/wneessen/go-mail":   {"delivery"},
	"github.com/stripe/stripe-go":   {"delivery"},
	"math/rand":                     {"generator"}, // seeded: what is secret or unique comes from crypto/rand
}

// banned says which selectors are kept to the rooms named.
var banned = map[string][]string{
	"time.Now":           {"cmd/comity", "repository/repositorytest"}, // everyone else is told the time
	"context.Background": {"cmd/comity", "cmd/openapi", "repository/repositorytest"},
	"context.TODO":       {},
}

const (
	maxFileLines     = 500
	maxFunctionLines = 60
	maxHandlerLines  = 25
)

func TestHouseRules(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range sources(t) {
		seen[file.room] = true
		if _, known := rooms[file.room]; !known {
			t.Errorf("%s: room %q is not on the plan", file.path, file.room)
			continue
		}
		checkImports(t, file)
		checkSelectors(t, file)
		checkSizes(t, file)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("room %q is on the plan but not in the house", room)
		}
	}
}

type source struct {
	path, room string
	fset       *token.FileSet
	ast        *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var files []source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules" || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		files = append(files, source{name, path.Dir(filepath.ToSlash(name)), fset, file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func checkImports(t *testing.T, file source) {
	t.Helper()
	for _, spec := range file.ast.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if inner, ours := strings.CutPrefix(imported, module); ours {
			if !slices.Contains(rooms[file.room], inner) {
				t.Errorf("%s: %s may not import %s", file.path, file.room, inner)
			}
			continue
		}
		if slices.Contains(pure, file.room) && !slices.ContainsFunc(harmless, func(h string) bool {
			return imported == h || strings.HasPrefix(imported, "github.com/rickar/cal/v2/")
		}) {
			t.Errorf("%s: %s is pure and may not import %s", file.path, file.room, imported)
		}
		for pkg, allowed := range keepers {
			if (imported == pkg || strings.HasPrefix(imported, pkg+"/")) && imported != "os/user" && !slices.Contains(allowed, file.room) {
				t.Errorf("%s: %s may not import %s", file.path, file.room, imported)
			}
		}
	}
}

func checkSelectors(t *testing.T, file source) {
	t.Helper()
	ast.Inspect(file.ast, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.SelectorExpr:
			name := fmt.Sprintf("%s.%s", node.X, node.Sel)
			if allowed, listed := banned[name]; listed && !slices.Contains(allowed, file.room) {
				t.Errorf("%s: %s is not for %s", file.fset.Position(node.Pos()), name, file.room)
			}
		case *ast.Ident:
			if (node.Name == "float64" || node.Name == "float32") && !slices.ContainsFunc(floats, func(place string) bool { return strings.HasPrefix(file.path, place) }) {
				t.Errorf("%s: money is never a float", file.fset.Position(node.Pos()))
			}
		case *ast.BasicLit:
			text := strings.Join(strings.Fields(strings.ToUpper(node.Value)), " ")
			if node.Kind == token.STRING && strings.Contains(text, "SELECT *") {
				t.Errorf("%s: name the columns", file.fset.Position(node.Pos()))
			}
		}
		return true
	})
}

func checkSizes(t *testing.T, file source) {
	t.Helper()
	if lines := file.fset.Position(file.ast.End()).Line; lines > maxFileLines {
		t.Errorf("%s: %d lines, at most %d", file.path, lines, maxFileLines)
	}
	for _, decl := range file.ast.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		limit := maxFunctionLines
		if takesGinContext(function) {
			limit = maxHandlerLines
		}
		lines := file.fset.Position(function.End()).Line - file.fset.Position(function.Pos()).Line + 1
		if lines > limit {
			t.Errorf("%s: %s has %d lines, at most %d", file.path, function.Name, lines, limit)
		}
	}
}

func takesGinContext(function *ast.FuncDecl) bool {
	for _, param := range function.Type.Params.List {
		if star, ok := param.Type.(*ast.StarExpr); ok && fmt.Sprint(star.X) == "&{gin Context}" {
			return true
		}
	}
	return false
}
