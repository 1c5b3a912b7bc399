package repository_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"comity/repository/repositorytest"
)

// TestEveryStatementPrepares asks PostgreSQL to plan every SQL text of the room.
func TestEveryStatementPrepares(t *testing.T) {
	db := repositorytest.New(t).Owner(t)
	statements := sqlTexts(t)
	if len(statements) < 50 {
		t.Fatalf("found only %d statements: the search is broken", len(statements))
	}
	for name, text := range statements {
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("PREPARE %q AS %s", "s_"+name, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sqlTexts returns the package's SQL constants and the variables made of them.
func sqlTexts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	exprs := map[string]ast.Expr{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if value, ok := spec.(*ast.ValueSpec); ok && len(value.Values) == len(value.Names) {
					for i, name := range value.Names {
						exprs[name.Name] = value.Values[i]
					}
				}
			}
		}
	}
	texts := map[string]string{}
	for name, expr := range exprs {
		text, ok := evaluate(expr, exprs)
		if word := strings.Fields(text); ok && len(word) > 0 && slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, word[0]) {
			texts[name] = text
		}
	}
	return texts
}

// evaluate works out a string expression of literals, names, + and strings.Replace.
func evaluate(expr ast.Expr, known map[string]ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		named, ok := known[e.Name]
		if !ok {
			return "", false
		}
		return evaluate(named, known)
	case *ast.BinaryExpr:
		left, ok := evaluate(e.X, known)
		right, also := evaluate(e.Y, known)
		return left + right, ok && also && e.Op == token.ADD
	case *ast.CallExpr:
		if fmt.Sprint(e.Fun) != "&{strings Replace}" && fmt.Sprint(e.Fun) != "&{strings ReplaceAll}" {
			return "", false
		}
		of, a := evaluate(e.Args[0], known)
		old, b := evaluate(e.Args[1], known)
		fresh, c := evaluate(e.Args[2], known)
		if a && b && c && !strings.Contains(of, old) {
			return "", false
		}
		return strings.Replace(of, old, fresh, 1), a && b && c
	default:
		return "", false
	}
}
