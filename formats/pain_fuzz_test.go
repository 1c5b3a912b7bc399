package formats_test

import (
	"testing"

	"comity/formats"
)

// FuzzReadPain001 holds that a payment order that is read can be written and
// read again.
func FuzzReadPain001(f *testing.F) {
	f.Add([]byte("<Document/>"))
	f.Add([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn><GrpHdr><MsgId>M</MsgId></GrpHdr></CstmrCdtTrfInitn></Document>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		order, err := formats.ReadPain001(data)
		if err != nil {
			return
		}
		if _, err := formats.ReadPain001(formats.WritePain001(order)); err != nil {
			t.Errorf("an order that was read does not come back: %v", err)
		}
	})
}
