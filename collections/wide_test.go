package collections_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"comity/collections"
)

// TestWideListsEveryUseCaseThatSeesMoreThanOneParty holds the list to the code.
func TestWideListsEveryUseCaseThatSeesMoreThanOneParty(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(function, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok && (selector.Sel.Name == "ScopeWork" || selector.Sel.Name == "ScopeMarket") {
					found[function.Name.Name] = selector.Sel.Name
				}
				return true
			})
		}
	}
	for name := range found {
		if _, listed := collections.Wide[name]; !listed {
			t.Errorf("%s asks for %s and is not on the list", name, found[name])
		}
	}
	scopes := map[string]string{"work": "ScopeWork", "market": "ScopeMarket"}
	for name, scope := range collections.Wide {
		if found[name] == "" || found[name] != scopes[string(scope)] {
			t.Errorf("%s is on the list for %s and asks for %q", name, scope, found[name])
		}
	}
}
