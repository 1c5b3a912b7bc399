package formats

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"comity/domain"
)

// acting are the names by which a PDF does something, carries other files, or keeps
// its content from being looked at (ISO 32000-1, 7.6, 7.11.4, 12.6 and 13). Each
// is longer than what stands in packed bytes by chance.
var acting = map[string]string{
	"JavaScript": "it has a script in it", "Launch": "it starts a program", "SubmitForm": "it sends a form", "ImportData": "it fetches data",
	"RichMedia": "it plays media", "Rendition": "it plays media", "Movie": "it plays media", "Sound": "it plays media", "OnInstantiate": "it has a script in it", "GoToE": "it opens a file inside itself", "GoToR": "it opens another file",
	"EmbeddedFile": "it carries another file", "Filespec": "it names another file", "FileAttachment": "it carries another file",
	"XFA": "it is a form that acts", "Encrypt": "it is locked",
}

// mostUnpacked is how much of a PDF's packed parts is looked at, and streamCost what each part
// costs of that, however small: more is refused, so that a file takes a second to look at and not
// an hour.
const (
	mostUnpacked = 128 << 20
	streamCost   = 16 << 10
)

var errTooMuch = errors.New("more than is looked at")

// quietPDF refuses a PDF that does anything but show pages. Names are read as
// readers read them, escapes undone, in the file itself and in what is packed in
// it. Objects may be packed in the one usual way: every list of them must have been
// read. What stands inside a part is never taken for the beginning of another.
func quietPDF(data []byte) error {
	if tail := data[max(0, len(data)-2048):]; !bytes.Contains(tail, []byte("%%EOF")) {
		return domain.ErrInvalid.At("/file", "broken", "the PDF ends in the middle")
	}
	if why := actsIn(data); why != "" {
		return loud(why)
	}
	read, look := 0, looker{left: mostUnpacked}
	for at := 0; ; {
		begin := bytes.Index(data[at:], []byte("stream"))
		if begin < 0 {
			break
		}
		begin += at
		at = begin + len("stream")
		if bytes.HasSuffix(data[:begin], []byte("end")) {
			continue
		}
		for at < len(data) && (data[at] == '\r' || data[at] == '\n') {
			at++
		}
		found, err := look.unpack(data[at:])
		end := bytes.Index(data[at+found.size:], []byte("endstream"))
		lists, plain := listsObjects(data[:begin])
		switch {
		case err != nil:
			return loud("it holds more than is looked at")
		case found.acts != "":
			return loud(found.acts)
		case end < 0:
			return domain.ErrInvalid.At("/file", "broken", "a part of the PDF does not end")
		case lists > 0 && (!found.objects || !plain):
			return loud(unreadObjects)
		}
		read, at = read+lists, at+found.size+end+len("endstream")
	}
	if read != countOf(data, "ObjStm") {
		return loud(unreadObjects)
	}
	return nil
}

const unreadObjects = "its objects are packed in a way that is not read here"

func loud(why string) error {
	return domain.ErrInvalid.Because("the PDF is not taken: %s; print it as a PDF again and attach that", why).At("/file", "active-content", why)
}

// listsObjects counts how often the dictionary before a stream says that it holds objects, and
// reports whether they are what unpacking gives, and nothing else is done to it.
func listsObjects(before []byte) (times int, plain bool) {
	dictionary := before[max(0, len(before)-4096):]
	for _, end := range []string{"endobj", "endstream"} {
		if at := bytes.LastIndex(dictionary, []byte(end)); at >= 0 {
			dictionary = dictionary[at:]
		}
	}
	return countOf(dictionary, "ObjStm"), countOf(dictionary, "DecodeParms")+countOf(dictionary, "DP") == 0
}

func countOf(data []byte, wanted string) int {
	n := 0
	eachName(data, func(name string) bool {
		if name == wanted {
			n++
		}
		return true
	})
	return n
}

// actsIn says what a part of a PDF does; "" when it only shows pages.
func actsIn(data []byte) string {
	why := ""
	eachName(data, func(name string) bool {
		why = acting[name]
		return why == ""
	})
	return why
}

// unpacked is what was found in packed bytes.
type unpacked struct {
	acts    string // what it does
	objects bool   // it begins as a list of objects does: with numbers
	size    int    // of the packed bytes, as far as they could be unpacked
}

// A looker looks into the packed parts of one file.
type looker struct {
	left   int // what it still looks at
	reader io.ReadCloser
	window []byte
}

// unpack looks into packed bytes, a window at a time, and counts what it unpacks down from what is
// left. What cannot be unpacked is not a reader's either.
func (l *looker) unpack(packed []byte) (unpacked, error) {
	var found unpacked
	if l.left -= streamCost; l.left < 0 {
		return found, errTooMuch
	}
	from := bytes.NewReader(packed)
	if err := l.open(from); err != nil {
		return found, nil //nolint:nilerr // it is packed otherwise, or not at all
	}
	const overlap = 256
	window := l.window[:0]
	for first := true; ; first = false {
		before := len(window)
		n, err := io.ReadFull(l.reader, window[before:cap(window)])
		window, found.size = window[:before+n], len(packed)-from.Len()
		l.left -= n
		if first {
			found.objects = n > 0 && strings.Trim(string(window[:min(n, 3)]), "0123456789 \r\n") == ""
		}
		switch found.acts = actsIn(window); {
		case l.left < 0:
			return found, errTooMuch
		case found.acts != "" || err != nil:
			return found, nil //nolint:nilerr // its end, or broken: a reader stops there too
		}
		window = append(window[:0], window[len(window)-overlap:]...)
	}
}

// open begins to unpack a part, with what was made for the part before.
func (l *looker) open(from io.Reader) error {
	if again, ok := l.reader.(zlib.Resetter); ok {
		return again.Reset(from, nil)
	}
	l.window = make([]byte, 0, 64<<10)
	var err error
	l.reader, err = zlib.NewReader(from)
	return err
}

// eachName calls do with every name in a part of a PDF until it returns false.
func eachName(data []byte, do func(string) bool) {
	for at := bytes.IndexByte(data, '/'); at >= 0; {
		end := at + 1
		for end < len(data) && end-at < 200 && !strings.ContainsRune("\x00\t\n\f\r ()<>[]{}/%", rune(data[end])) {
			end++
		}
		if !do(unescaped(data[at+1 : end])) {
			return
		}
		next := bytes.IndexByte(data[end:], '/')
		if next < 0 {
			return
		}
		at = end + next
	}
}

// unescaped undoes the escapes of a name: #4A is J (ISO 32000-1, 7.3.5).
func unescaped(name []byte) string {
	if bytes.IndexByte(name, '#') < 0 {
		return string(name)
	}
	digit := func(b byte) int { return strings.IndexByte("0123456789abcdef", b|0x20) }
	var out []byte
	for i := 0; i < len(name); i++ {
		if name[i] == '#' && i+2 < len(name) && digit(name[i+1]) >= 0 && digit(name[i+2]) >= 0 {
			out = append(out, byte(digit(name[i+1])<<4|digit(name[i+2])))
			i += 2
			continue
		}
		out = append(out, name[i])
	}
	return string(out)
}
