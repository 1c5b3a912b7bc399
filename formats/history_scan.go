package formats

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits of one row of a CSV file.
const (
	historyMaxField = 64 << 10
	historyMaxRow   = 256 << 10
)

// historyScanner cuts CSV into rows and fields. It is not encoding/csv, because
// that knows neither CR alone as an end of line nor a row that is too large, and
// an import must know at which byte a row ended.
type historyScanner struct {
	in       *bufio.Reader
	offset   int64 // bytes taken from in
	nextLine int   // physical line of the next byte

	line      int    // physical line that the row began on
	data      []byte // the fields, one after the other
	ends      []int  // where each field ends in data
	size      int    // bytes of the row in the file
	tooLarge  string // rule of a row that was too large to keep
	bareQuote bool   // a quote inside a field without quotes
}

func newHistoryScanner(r io.Reader, at HistoryPosition) *historyScanner {
	return &historyScanner{in: bufio.NewReaderSize(r, 64<<10), offset: at.Offset, nextLine: at.Line}
}

// dropMark passes over a UTF-8 byte order mark.
func (s *historyScanner) dropMark() {
	mark := []byte("\ufeff")
	if start, _ := s.in.Peek(len(mark)); bytes.Equal(start, mark) {
		_, _ = s.in.Discard(len(mark)) // it was peeked
		s.offset += int64(len(mark))
	}
}

// fields returns how many fields the row has.
func (s *historyScanner) fields() int { return len(s.ends) }

// field returns field i, which is overwritten by the next row.
func (s *historyScanner) field(i int) []byte {
	start := 0
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.data[start:s.ends[i]]
}

// strings returns copies of all fields.
func (s *historyScanner) strings() []string {
	fields := make([]string, s.fields())
	for i := range fields {
		fields[i] = string(s.field(i))
	}
	return fields
}

// next reads the next row that is not an empty line. It gives io.EOF at the end.
func (s *historyScanner) next() error {
	for {
		s.line, s.size = s.nextLine, 0
		s.data, s.ends = s.data[:0], s.ends[:0]
		s.tooLarge, s.bareQuote = "", false
		ended := false
		for !ended {
			var err error
			if ended, err = s.nextField(); err != nil {
				return err
			}
		}
		if s.fields() > 1 || len(s.data) > 0 || s.size > 0 {
			return nil
		}
	}
}

// nextField reads one field and what ends it; it says true at the end of the row.
// At the end of the file it gives io.EOF if the row has not begun.
func (s *historyScanner) nextField() (rowEnded bool, err error) {
	c, err := s.read()
	if errors.Is(err, io.EOF) && s.size == 0 && len(s.ends) == 0 {
		return true, io.EOF
	}
	if err == nil && c == '"' {
		if c, err = s.quoted(); err != nil && !errors.Is(err, io.EOF) {
			return true, err
		}
	}
	for ; err == nil; c, err = s.read() {
		switch c {
		case ',':
			s.grow()
			s.endField()
			return false, nil
		case '\n', '\r':
			s.endField()
			return true, s.endLine(c)
		case '"':
			s.bareQuote = true
		}
		s.keep(c)
	}
	if !errors.Is(err, io.EOF) {
		return true, fmt.Errorf("read line %d: %w", s.nextLine, err)
	}
	s.endField()
	return true, nil
}

// quoted reads the inside of a quoted field up to its closing quote and returns
// the byte after that, which must end the field.
func (s *historyScanner) quoted() (byte, error) {
	opened := s.nextLine
	s.size++
	for {
		c, err := s.read()
		if errors.Is(err, io.EOF) {
			return 0, &FileError{Line: opened, Rule: "open-quote", Detail: "a quotation mark opens here and is never closed"}
		}
		if err != nil {
			return 0, fmt.Errorf("read line %d: %w", s.nextLine, err)
		}
		if s.size > historyMaxRow {
			return 0, &FileError{
				Line: opened, Rule: "open-quote",
				Detail: fmt.Sprintf("a quotation mark opens here and is not closed within %d bytes", historyMaxRow),
			}
		}
		switch c {
		case '"':
			s.size++
			c, err = s.read()
			if errors.Is(err, io.EOF) || (err == nil && (c == ',' || c == '\n' || c == '\r')) {
				return c, err
			}
			if err == nil && c != '"' {
				return 0, &FileError{
					Line: opened, Rule: "text-after-quote",
					Detail: fmt.Sprintf("a quotation mark opens here and closes on line %d, where text follows it", s.nextLine),
				}
			}
			if err != nil {
				return 0, fmt.Errorf("read line %d: %w", s.nextLine, err)
			}
		case '\n', '\r':
			s.keep(c)
			if c, err = s.pairOf(c); err != nil {
				return 0, err
			}
			s.nextLine++
			if c == 0 {
				continue
			}
		}
		s.keep(c)
	}
}

// pairOf takes the LF that follows a CR and returns it, 0 when there is none.
func (s *historyScanner) pairOf(c byte) (byte, error) {
	if c != '\r' {
		return 0, nil
	}
	following, err := s.in.Peek(1)
	if errors.Is(err, io.EOF) || (err == nil && following[0] != '\n') {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read line %d: %w", s.nextLine, err)
	}
	return s.read()
}

// endLine takes the rest of an end of line that began with c.
func (s *historyScanner) endLine(c byte) error {
	_, err := s.pairOf(c)
	s.nextLine++
	return err
}

// read takes one byte.
func (s *historyScanner) read() (byte, error) {
	c, err := s.in.ReadByte()
	if err == nil {
		s.offset++
	}
	return c, err
}

// keep adds a byte to the field, unless field or row have become too large.
func (s *historyScanner) keep(c byte) {
	s.grow()
	start := 0
	if len(s.ends) > 0 {
		start = s.ends[len(s.ends)-1]
	}
	if len(s.data)-start >= historyMaxField {
		s.tooLarge = "field-too-large"
	}
	if s.tooLarge == "" {
		s.data = append(s.data, c)
	}
}

// grow counts a byte of the row.
func (s *historyScanner) grow() {
	if s.size++; s.size > historyMaxRow {
		s.tooLarge = "row-too-large"
	}
}

// endField ends the field, unless the row has become too large to keep.
func (s *historyScanner) endField() {
	if s.tooLarge == "" {
		s.ends = append(s.ends, len(s.data))
	}
}
