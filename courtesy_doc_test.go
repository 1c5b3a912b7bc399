package comity_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The numbers that each document has a row for.
var (
	courtesyNumbers = slices.Concat(numbers("C", 1, 219), numbers("D", 1, 35))
	featureNumbers  = slices.Concat(numbers("F", 40, 44), numbers("F", 70, 84))
)

func numbers(group string, first, last int) []string {
	var all []string
	for n := first; n <= last; n++ {
		all = append(all, fmt.Sprintf("%s-%d", group, n))
	}
	return all
}

var (
	courtesyNumber = regexp.MustCompile(`\b([CDF])-([0-9]+)\b`)
	courtesyRow    = regexp.MustCompile(`^\| ([CDF]-[0-9]+) \| ([^|]+) \| ([^|]+) \|$`)
	courtesyTests  = "((?:`[a-z/]+\\.Test\\w+`(?:, )?)+)"
	courtesyForms  = []*regexp.Regexp{
		regexp.MustCompile(`^held by ` + courtesyTests + `$`),
		regexp.MustCompile(`^in part, held by ` + courtesyTests + `; comes with \S.+$`),
		regexp.MustCompile(`^comes with \S.+$`),
		regexp.MustCompile(`^a practice of people: what we record for it \S.+$`),
	}
	courtesyTest = regexp.MustCompile("`([^`]+)`")
)

// TestTheDocumentsOfRowsAreTrue holds docs/courtesy.md and docs/features.md: every practice, decision
// and feature has one row with one verdict, and every test that a row names is there and speaks of
// the row's number.
func TestTheDocumentsOfRowsAreTrue(t *testing.T) {
	tests, err := testsOf(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, wanted := range map[string][]string{"docs/courtesy.md": courtesyNumbers, "docs/features.md": featureNumbers} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range courtesyFaults(string(page), wanted, tests) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

// TestTheCourtesyCheckFindsFaults breaks the document one line at a time.
func TestTheCourtesyCheckFindsFaults(t *testing.T) {
	var good strings.Builder
	for _, number := range courtesyNumbers {
		fmt.Fprintf(&good, "| %s | something kind | comes with a desk |\n", number)
	}
	tests := map[string]string{"collections.TestKind": "TestKind holds C-7, C-9 … C-11 and C-12/13."}
	if faults := courtesyFaults(good.String(), courtesyNumbers, tests); len(faults) > 0 {
		t.Fatalf("a document without a fault: %v", faults)
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"missing":                {"| C-7 | something kind | comes with a desk |\n", "", "C-7 has no row"},
		"twice":                  {"| C-8 |", "| C-7 |", "C-7 stands 2 times"},
		"in a sentence too":      {"| C-7 |", "See C-7.\n| C-7 |", "C-7 stands 2 times"},
		"out of range":           {"| D-35 |", "| D-36 |", "D-36 is no number"},
		"zero":                   {"| C-7 |", "| C-07 |", "C-07 is no number"},
		"without a verdict":      {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind | later |", `C-7: "later" is no verdict`},
		"without a name":         {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind | held by us |", `C-7: "held by us" is no verdict`},
		"no row":                 {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind |", "C-7 has no row"},
		"a test that is not":     {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind | held by `collections.TestRude` |", "there is no collections.TestRude"},
		"a test of another":      {"| C-8 | something kind | comes with a desk |", "| C-8 | something kind | held by `collections.TestKind` |", "collections.TestKind does not speak of C-8"},
		"a number in a range":    {"| C-10 | something kind | comes with a desk |", "| C-10 | something kind | held by `collections.TestKind` |", "does not speak of C-10"},
		"a number after a slash": {"| C-13 | something kind | comes with a desk |", "| C-13 | something kind | in part, held by `collections.TestKind`; comes with a desk |", "does not speak of C-13"},
		"the beginning of one":   {"| C-1 | something kind | comes with a desk |", "| C-1 | something kind | held by `collections.TestKind` |", "does not speak of C-1"},
		"a test that holds it":   {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind | held by `collections.TestKind` |", ""},
		"what people do":         {"| C-7 | something kind | comes with a desk |", "| C-7 | something kind | a practice of people: what we record for it is who called |", ""},
	} {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(courtesyFaults(strings.Replace(good.String(), tc.old, tc.new, 1), courtesyNumbers, tests), "\n")
			if tc.want == "" && found != "" || !strings.Contains(found, tc.want) {
				t.Errorf("found %q, want %q", found, tc.want)
			}
		})
	}
}

// courtesyFaults says what is wrong with a document that has a row for each number; tests are the sources of the repository's
// test functions by folder and name.
func courtesyFaults(page string, wanted []string, tests map[string]string) []string {
	var faults []string
	seen, rows := map[string]int{}, map[string]bool{}
	for _, number := range courtesyNumber.FindAllString(page, -1) {
		seen[number]++
	}
	for line := range strings.Lines(page) {
		if row := courtesyRow.FindStringSubmatch(strings.TrimSpace(line)); row != nil {
			rows[row[1]] = true
			faults = append(faults, verdictFaults(row[1], row[3], tests)...)
		}
	}
	for _, number := range wanted {
		if !rows[number] {
			faults = append(faults, number+" has no row")
		}
		if seen[number] > 1 {
			faults = append(faults, fmt.Sprintf("%s stands %d times", number, seen[number]))
		}
		delete(seen, number)
	}
	for number := range seen {
		faults = append(faults, number+" is no number of a practice, decision or feature of this page")
	}
	slices.Sort(faults)
	return faults
}

// verdictFaults says what is wrong with the verdict of a row.
func verdictFaults(number, verdict string, tests map[string]string) []string {
	form := slices.IndexFunc(courtesyForms, func(form *regexp.Regexp) bool { return form.MatchString(verdict) })
	if form < 0 {
		return []string{fmt.Sprintf("%s: %q is no verdict", number, verdict)}
	}
	named := courtesyForms[form].FindStringSubmatch(verdict)
	if len(named) < 2 {
		return nil
	}
	var faults []string
	for _, test := range courtesyTest.FindAllStringSubmatch(named[1], -1) {
		source, there := tests[test[1]]
		switch {
		case !there:
			faults = append(faults, fmt.Sprintf("%s: there is no %s", number, test[1]))
		case !slices.Contains(courtesyNumber.FindAllString(source, -1), number):
			faults = append(faults, fmt.Sprintf("%s: %s does not speak of %s", number, test[1], number))
		}
	}
	return faults
}

// testsOf reads the test functions below a folder: their comments and bodies, by folder and name.
func testsOf(root string) (map[string]string, error) {
	tests := map[string]string{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, source, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(function.Name.Name, "Test") {
				body := string(source[fset.Position(function.Pos()).Offset:fset.Position(function.End()).Offset])
				tests[path.Dir(filepath.ToSlash(name))+"."+function.Name.Name] = function.Doc.Text() + body
			}
		}
		return nil
	})
	return tests, err
}
