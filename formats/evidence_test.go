package formats_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"comity/domain"
	"comity/formats"
)

// zipped packs bytes as PDFs and pictures do.
func zipped(data string) string {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write([]byte(data))
	_ = w.Close()
	return out.String()
}

// pdfOf is a PDF of one object.
func pdfOf(object string) string {
	return "%PDF-1.7\n1 0 obj" + object + "endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
}

func streamOf(dictionary, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\r\n%s\nendstream\n", dictionary, len(content), content)
}

func pngChunk(kind, data string) string {
	size := make([]byte, 4)
	binary.BigEndian.PutUint32(size, uint32(len(data)))
	sum := make([]byte, 4)
	binary.BigEndian.PutUint32(sum, crc32.ChecksumIEEE([]byte(kind+data)))
	return string(size) + kind + data + string(sum)
}

func aPNG() string {
	return "\x89PNG\r\n\x1a\n" + pngChunk("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00") + pngChunk("IDAT", zipped("\x00\x00")) + pngChunk("IEND", "")
}

// TestEvidenceIsWhatItsContentIs holds T-55 and T-56: a file is what is in it; what acts, carries
// other files, is an archive or a page is refused with a sentence.
func TestEvidenceIsWhatItsContentIs(t *testing.T) {
	const script = "<</S/JavaScript/JS(app.alert(1))>>"
	for name, tc := range map[string]struct{ content, want string }{
		"a PDF":                          {pdfOf("<</Type/Catalog>>"), "application/pdf"},
		"a PDF that opens at a page":     {pdfOf("<</Type/Catalog/OpenAction[3 0 R/FitH null]/URI(x)>>"), "application/pdf"},
		"a PDF with packed pages":        {pdfOf(streamOf("/Filter/FlateDecode", zipped("BT /F1 12 Tf (a word) Tj ET"))), "application/pdf"},
		"a PDF with packed objects":      {pdfOf(streamOf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zipped("7 0 <</Type/Page>>"))), "application/pdf"},
		"a letter of ours":               {string(printed(t, aLetter())), "application/pdf"},
		"a picture":                      {aPNG(), "image/png"},
		"a photo":                        {"\xff\xd8\xff\xe0\x00\x10JFIF…\xff\xd9 and what a telephone adds", "image/jpeg"},
		"a note":                         {"\ufeffThe boxes were wet.\r\n\tTwo of them – \"ganz naß\".\n", "text/plain"},
		"a table":                        {"number,amount\nA-1,\"=1+1\"\n", "text/plain"},
		"nothing":                        {"", "empty"},
		"a PDF with a script":            {pdfOf("<</OpenAction" + script + ">>"), "active-content"},
		"a script with escapes":          {pdfOf("<</OpenAction<</S/Java#53cript/JS(x)>>>>"), "active-content"},
		"a script in packed objects":     {pdfOf(streamOf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zipped("7 0 "+script))), "active-content"},
		"a script far into the packed":   {pdfOf(streamOf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", zipped("7 0 "+strings.Repeat(" ", 65_530)+script))), "active-content"},
		"objects packed twice":           {pdfOf(streamOf("/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]", fmt.Sprintf("%x>", zipped("7 0 "+script)))), "active-content"},
		"objects behind a predictor":     {pdfOf(streamOf("/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", zipped("\x027 0 "))), "active-content"},
		"objects whose name is hidden":   {pdfOf(streamOf("/Type/#4fbjStm/X(endobj)/Filter/LZWDecode", "\x80\x0b\x60")), "active-content"},
		"a PDF that carries a file":      {pdfOf("<</Names<</EmbeddedFiles 4 0 R>>>>" + streamOf("/Type/EmbeddedFile", "x")), "active-content"},
		"a PDF that starts a program":    {pdfOf("<</A<</S/Launch/F(cmd.exe)>>>>"), "active-content"},
		"a PDF that is locked":           {pdfOf("<<>>") + "trailer<</Encrypt 9 0 R>>%%EOF", "active-content"},
		"a PDF that unpacks without end": {pdfOf(streamOf("/Filter/FlateDecode", zipped(strings.Repeat("\x00", 130<<20)))), "active-content"},
		"half a PDF":                     {"%PDF-1.7\n1 0 obj<<>>", "broken"},
		"half a picture":                 {aPNG()[:60], "broken"},
		"a picture with an archive":      {aPNG() + "PK\x03\x04", "broken"},
		"a photo without an end":         {"\xff\xd8\xff\xe0\x00\x10JFIF", "broken"},
		"an archive":                     {"PK\x03\x04\x14\x00", "unsupported"},
		"a gzip":                         {"\x1f\x8b\x08\x00", "unsupported"},
		"a page":                         {" \n<!DOCTYPE html><script>alert(1)</script>", "unsupported"},
		"a drawing":                      {"<svg onload=alert(1)/>", "unsupported"},
		"a document of tags":             {"\ufeff<?xml version=\"1.0\"?><Invoice/>", "unsupported"},
		"a text of another encoding":     {"na\xdf", "unsupported"},
		"a text with a NUL":              {"a\x00b", "unsupported"},
		"a program":                      {"MZ\x90\x00", "unsupported"},
		"a PDF after something else":     {"x%PDF-1.7\n%%EOF\x00", "unsupported"},
	} {
		media, err := formats.EvidenceType([]byte(tc.content))
		got := media
		if refusal, told := errors.AsType[*domain.Refusal](err); told {
			if got = "unsupported"; len(refusal.Fields) > 0 {
				got = refusal.Fields[0].Code
			}
		} else if err != nil {
			t.Errorf("%s: a fault: %v", name, err)
		}
		if got != tc.want {
			t.Errorf("%s is %s (%v), want %s", name, got, err, tc.want)
		}
	}
}

// TestHostileEvidence holds T-50, T-51, T-52 and T-56: of the files that mean harm, those of
// tables are texts and one is a PDF with a strange beginning; the others are refused.
func TestHostileEvidence(t *testing.T) {
	samples := os.Getenv("COMITY_SAMPLES")
	if samples == "" {
		t.Skip("COMITY_SAMPLES names no folder with hostile files: skipped")
	}
	files, err := filepath.Glob(filepath.Join(samples, "hostile", "*"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		media, err := formats.EvidenceType(data)
		name := filepath.Base(file)
		text := strings.HasSuffix(name, ".csv") || name == "make.py" || name == "EXPECT.tsv" || name == "not-xml.xml"
		switch {
		case err == nil && media == "text/plain" && text:
		case err == nil && media == "application/pdf" && (name == "polyglot.pdf" || name == "pdf-named.xml"):
		case err == nil:
			t.Errorf("%s is taken as %s", name, media)
		}
		if name == "js.pdf" && !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("a script passes: %v", err)
		}
	}
}

// FuzzEvidence: whatever a file holds, it is looked at and judged.
func FuzzEvidence(f *testing.F) {
	for _, seed := range []string{pdfOf(streamOf("/Type/ObjStm", zipped("7 0 <</Type/Page>>"))), aPNG(), "\xff\xd8\xff", "text", "%PDF-/#"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		media, err := formats.EvidenceType(data)
		if (media == "") == (err == nil) && !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%q and %v", media, err)
		}
	})
}

// TestALookCostsLittle: a file of many parts that unpack to nothing is refused for what it costs to
// look at, and what stands inside a part is not the beginning of another.
func TestALookCostsLittle(t *testing.T) {
	many := strings.Repeat(streamOf("", zipped("q Q")), mostParts)
	if _, err := formats.EvidenceType([]byte(pdfOf(many))); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("%d parts are looked at: %v", mostParts, err)
	}
	hidden := "9 0 obj<</Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode/Length 20>>\nstream\n3c3c2f53>\nstream\n" + zipped("1 0 2 0 ") + "\nendstream endobj\n"
	if _, err := formats.EvidenceType([]byte(pdfOf(hidden))); !errors.Is(err, domain.ErrInvalid) {
		t.Errorf("a list of objects that was not read passes: %v", err)
	}
}

const mostParts = 9_000
