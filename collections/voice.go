package collections

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"comity/domain"
)

// A sentence of a seller's is one, of words, and leads nowhere.
var (
	twoWords     = regexp.MustCompile(`\pL.*\s.*\pL`)
	longNumber   = regexp.MustCompile(`[0-9](?:[ .-]?[0-9]){7,}`)
	sentenceEnds = regexp.MustCompile(`[.!?…]["')\]]*\s`)
	leadsAway    = regexp.MustCompile(`(?i)://|www\.|@|[{}<>|\\]|[a-z0-9]\.[a-z]{2,}`)
)

const maxVoice = 160

// Voice returns what the calling seller adds to the letters about its invoices; the
// zero Voice when it said nothing yet.
func (s *Service) Voice(ctx context.Context, by domain.Caller) (domain.Voice, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Voice{}, err
	}
	voice := domain.Voice{Seller: by.Organization}
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		found, err := tx.Voice(ctx, by.Organization)
		if errors.Is(err, domain.ErrNotFound) {
			return nil
		}
		voice = found
		return err
	})
	return voice, err
}

// SetVoice keeps what the calling seller adds to the letters about its invoices: a
// sentence on its values, its own words in a thank-you, and whether good customers
// of long standing may be written to informally (D-24). It refuses with
// domain.ErrInvalid what our letters do not say.
func (s *Service) SetVoice(ctx context.Context, by domain.Caller, voice domain.Voice) (domain.Voice, error) {
	if err := by.Must(domain.KindSeller); err != nil {
		return domain.Voice{}, err
	}
	if err := lintVoice(voice); err != nil {
		return domain.Voice{}, err
	}
	voice.Seller, voice.UpdatedBy, voice.UpdatedAt = by.Organization, by.User, by.Now
	audit := domain.New[domain.AuditID]()
	err := s.read(ctx, by.Own(), func(tx Tx) error {
		if err := tx.SaveVoice(ctx, voice); err != nil {
			return fmt.Errorf("save voice: %w", err)
		}
		return tx.SaveTrail(ctx, domain.Trail{Audit: []domain.AuditRow{
			domain.Audited(audit, by, "voice.changed", "organization", by.Organization.UUID, voice.Line, voice.Thanks, voice.Informal),
		}})
	})
	return voice, err
}

// lintVoice says what is wrong with a seller's sentences, field by field.
func lintVoice(voice domain.Voice) error {
	refusal := domain.ErrInvalid
	for _, field := range []struct{ pointer, text string }{{"/line", voice.Line}, {"/thanks", voice.Thanks}} {
		if wrong := lintSentence(field.text); wrong != [2]string{} {
			refusal = refusal.At(field.pointer, wrong[0], wrong[1])
		}
	}
	if len(refusal.Fields) > 0 {
		return refusal
	}
	return nil
}

// lintSentence returns the rule that a sentence breaks, and says it; nothing when
// it breaks none.
func lintSentence(text string) [2]string {
	if wrong := shaped(text); wrong != [2]string{} {
		return wrong
	}
	if findings := LintLine(ToneInformative, text); len(findings) > 0 {
		return [2]string{"not-said", findings[0]}
	}
	return [2]string{}
}

// shaped returns the rule that a sentence breaks which leads somewhere, is none or several, or asks for
// money, whatever it says.
func shaped(text string) [2]string {
	switch {
	case text == "":
		return [2]string{}
	case len([]rune(text)) > maxVoice:
		return [2]string{"too-long", fmt.Sprintf("at most %d characters", maxVoice)}
	case text != oneLine(text) || leadsAway.MatchString(text):
		return [2]string{"leads-away", "no link, no address and no marks of ours"}
	case !twoWords.MatchString(text) || sentenceEnds.MatchString(text):
		return [2]string{"one-sentence", "write one sentence"}
	case longNumber.MatchString(text) || bankDetails(strings.ToUpper(text)):
		return [2]string{"bank-details", "bank details stand in a notice only"}
	case asking.MatchString(text):
		return [2]string{"not-said", "it asks for money, which is the letter's part"}
	}
	return [2]string{}
}
