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
	"RichMedia": "it plays media", "Rendition": "it plays media", "GoToE": "it opens a file inside itself", "GoToR": "it opens another file",
	"EmbeddedFile": "it carries another file", "Filespec": "it names another file", "FileAttachment": "it carries another file",
	"XFA": "it is a form that acts", "Encrypt": "it is locked",
}

// mostUnpacked is how much of a PDF's packed parts is looked at: more is refused.
const mostUnpacked = 128 << 20

var errTooMuch = errors.New("more than is looked at")

// quietPDF refuses a PDF that does anything but show pages. Names are read as
// readers read them, escapes undone, in the file itself and in what is packed in
// it. Objects may be packed in the one usual way: every list of them must have been
// read.
func quietPDF(data []byte) error {
	if tail := data[max(0, len(data)-2048):]; !bytes.Contains(tail, []byte("%%EOF")) {
		return domain.ErrInvalid.At("/file", "broken", "the PDF ends in the middle")
	}
	if why := actsIn(data); why != "" {
		return loud(why)
	}
	read, left := 0, mostUnpacked
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
		packed := data[at:]
		for len(packed) > 0 && (packed[0] == '\r' || packed[0] == '\n') {
			packed = packed[1:]
		}
		found, err := unpack(packed, &left)
		switch {
		case err != nil:
			return loud("it holds more than is looked at")
		case found.acts != "":
			return loud(found.acts)
		case found.objects && listsObjects(data[:begin]):
			read++
		}
	}
	if read != countOf(data, "ObjStm") {
		return loud("its objects are packed in a way that is not read here")
	}
	return nil
}

func loud(why string) error {
	return domain.ErrInvalid.Because("the PDF is not taken: %s; print it as a PDF again and attach that", why).At("/file", "active-content", why)
}

// listsObjects reports whether the dictionary before a stream says that it holds
// objects.
func listsObjects(before []byte) bool {
	dictionary := before[max(0, len(before)-4096):]
	for _, end := range []string{"endobj", "endstream"} {
		if at := bytes.LastIndex(dictionary, []byte(end)); at >= 0 {
			dictionary = dictionary[at:]
		}
	}
	return countOf(dictionary, "ObjStm") > 0
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
}

// unpack looks into packed bytes, a window at a time, and counts what it unpacks
// down from left. What cannot be unpacked is not a reader's either.
func unpack(packed []byte, left *int) (unpacked, error) {
	var found unpacked
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return found, nil //nolint:nilerr // it is packed otherwise, or not at all
	}
	const overlap = 256
	window := make([]byte, 0, 64<<10)
	for first := true; ; first = false {
		before := len(window)
		n, err := io.ReadFull(reader, window[before:cap(window)])
		window = window[:before+n]
		if first {
			found.objects = n > 0 && strings.Trim(string(window[:min(n, 3)]), "0123456789 \r\n") == ""
		}
		if found.acts = actsIn(window); found.acts != "" || err != nil {
			return found, nil //nolint:nilerr // its end, or broken: a reader stops there too
		}
		if *left -= n; *left < 0 {
			return found, errTooMuch
		}
		window = append(window[:0], window[len(window)-overlap:]...)
	}
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
