-- +goose Up
-- What a debtor can do on its page beside paying, promising and disputing: say that an
-- invoice did not arrive or that we write to the wrong one, ask for proof, complain, say
-- how it wants to be reached, and what it thinks of us.

ALTER TABLE questions ADD COLUMN topic text NOT NULL DEFAULT ''
  CHECK (topic IN ('', 'not_received', 'wrong_contact', 'complaint', 'proof'));
ALTER TABLE contact_preferences ADD COLUMN language text NOT NULL DEFAULT '' CHECK (language IN ('', 'en', 'es', 'fr', 'de', 'pt'));
ALTER TABLE contact_preferences ADD COLUMN hours text NOT NULL DEFAULT '' CHECK (hours IN ('', 'morning', 'afternoon'));
ALTER TABLE stops ALTER COLUMN set_by DROP NOT NULL; -- NULL: the debtor, on its page

-- A link that may ask may do all of this too, and ask for a plan.
UPDATE links SET verbs = (SELECT array_agg(DISTINCT v) FROM unnest(verbs || '{plan,not-received,wrong-contact,proof,preferences,feedback,complaint}') v)
 WHERE 'question' = ANY (verbs);

CREATE TABLE feedback (
  id        uuid PRIMARY KEY,
  case_id   uuid NOT NULL UNIQUE REFERENCES cases, -- a case is asked once
  factor_id uuid NOT NULL,
  seller_id uuid NOT NULL,
  link_id   uuid NOT NULL REFERENCES links,
  ease      text NOT NULL CHECK (ease IN ('yes', 'partly', 'no')),
  said      text NOT NULL,
  at        timestamptz NOT NULL
);
ALTER TABLE feedback ENABLE ROW LEVEL SECURITY;
ALTER TABLE feedback FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON feedback TO comity_app;
CREATE POLICY parties ON feedback FOR SELECT USING (app_sees(factor_id) OR app_sees(seller_id));
CREATE POLICY written ON feedback FOR INSERT WITH CHECK (case_id = app_case());

-- Two stops are the debtor's own to set. It lifts none.
CREATE POLICY debtors ON stops FOR INSERT
  WITH CHECK (case_id = app_case() AND code IN ('complaint_open', 'proof_pending') AND set_by IS NULL);

-- debtor_told says whether the debtor of a case was told of a deal, so that its page may
-- show it. It runs with its caller's rights: those of the functions below.
-- +goose StatementBegin
CREATE FUNCTION debtor_told(p_case uuid, p_deal uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM conditions n WHERE n.deal_id = p_deal AND n.code = 'notice_delivered' AND n.occurred_at IS NOT NULL)
      OR EXISTS (SELECT FROM touches t WHERE t.case_id = p_case AND t.class = 'legal_notice'
                    AND t.status IN ('sending', 'sent', 'unknown') AND p_deal = ANY (t.items));
END $$;

-- deal_stops also says what an answer is about: proof and complaints have longer.
CREATE OR REPLACE FUNCTION deal_stops(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kase uuid;
  zone text;
  land text;
BEGIN
  SELECT d.case_id, o.time_zone, o.country INTO kase, zone, land FROM deals d JOIN organizations o ON o.id = d.factor_id
   WHERE d.id = p_deal AND d.funding_date IS NOT NULL AND (app_sees(d.factor_id) OR app_sees(d.seller_id));
  IF NOT FOUND THEN RETURN '[]'; END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('cause', w.cause, 'topic', w.topic, 'country', land, 'since', (w.since AT TIME ZONE zone)::date,
    'until', (w.until AT TIME ZONE zone)::date) ORDER BY w.since), '[]') FROM (
    SELECT 'answer_late' AS cause, q.topic, q.asked_at AS since, q.answered_at AS until FROM questions q WHERE q.case_id = kase AND coalesce(q.deal_id, p_deal) = p_deal
    UNION ALL SELECT 'plan_word_late', '', p.made_at, coalesce(p.proposed_at, p.decided_at) FROM plans p WHERE p.deal_id = p_deal
    UNION ALL SELECT 'plan_word_late', '', p.proposed_at, coalesce(p.approved_at, p.offered_at, p.decided_at) FROM plans p WHERE p.deal_id = p_deal AND p.proposed_at IS NOT NULL) w);
END $$;

-- debtor_page answers what the debtor of app_case() may see by one link: its invoices of
-- which it was told, what it said about them, how it wants to be reached, what was sent,
-- and the account: in full only once the notice's code was typed on this link (D-6). Of
-- what stops contact it sees what it set itself.
CREATE OR REPLACE FUNCTION debtor_page(p_link uuid, p_lock boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  k cases;
  l links;
BEGIN
  IF p_lock THEN PERFORM FROM cases WHERE id = app_case() FOR UPDATE; END IF;
  SELECT * INTO l FROM links WHERE id = p_link AND case_id = app_case() AND revoked_at IS NULL AND expires_at > now();
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO k FROM cases WHERE id = l.case_id;
  RETURN jsonb_build_object(
    'case_id', k.id, 'world_id', k.world_id, 'factor_id', k.factor_id, 'seller_id', k.seller_id, 'confirmed', l.confirmed_at IS NOT NULL,
    'factor', (SELECT o.name FROM organizations o WHERE o.id = k.factor_id),
    'factor_email', (SELECT o.email FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT o.name FROM organizations o WHERE o.id = k.seller_id),
    'seller_email', (SELECT o.email FROM organizations o WHERE o.id = k.seller_id),
    'relationship', (SELECT jsonb_build_object('name', r.name, 'country', r.country, 'time_zone', r.time_zone) FROM relationships r WHERE r.id = k.relationship_id),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'deal_id', d.id, 'status', d.status, 'invoice_number', d.invoice_number, 'order_reference', i.order_reference, 'summary', i.summary,
                 'issued_on', i.issued_on, 'due_on', d.due_on, 'currency', d.currency, 'basis_minor', d.basis_minor, 'open_minor', d.open_minor,
                 'reference', d.reference, 'paid_on', d.paid_in_full_on, 'notice_at', n.occurred_at, 'has_document', i.blob_id IS NOT NULL,
                 'account', CASE WHEN l.confirmed_at IS NOT NULL THEN to_jsonb(a)
                                 ELSE jsonb_build_object('id', a.id, 'org_id', a.org_id, 'purpose', a.purpose, 'currency', a.currency, 'holder', a.holder) END,
                 'account_ends', right(coalesce(a.iban, a.account_number), 4)) ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id JOIN bank_accounts a ON a.id = d.collection_account_id
                LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered'
               WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out', 'settled') AND debtor_told(k.id, d.id)),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id AND h.ended_at IS NULL),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'disputes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM disputes x WHERE x.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) - 'answered_by' ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id),
    'recipient', l.recipient,
    'preferences', (SELECT to_jsonb(c) - 'contact_key' FROM contact_preferences c
                     WHERE c.world_id = k.world_id AND c.contact_key = phone_key(k.world_id, l.recipient)),
    'stops', (SELECT coalesce(jsonb_agg(s.code ORDER BY s.code), '[]') FROM stops s
               WHERE s.case_id = k.id AND s.lifted_at IS NULL AND s.code IN ('complaint_open', 'proof_pending')),
    'may_be_asked', NOT EXISTS (SELECT FROM feedback b WHERE b.case_id = k.id) AND NOT EXISTS (SELECT FROM stops s WHERE s.case_id = k.id AND s.lifted_at IS NULL),
    'letters', (SELECT coalesce(jsonb_agg(jsonb_build_object('class', t.class, 'recipient', t.recipient, 'at', t.sent_at, 'items', t.items) ORDER BY t.sent_at DESC, t.id), '[]')
                  FROM (SELECT x.id, x.class, x.recipient, x.sent_at, x.items FROM touches x
                         WHERE x.case_id = k.id AND x.status = 'sent' AND x.class <> 'call' ORDER BY x.sent_at DESC, x.id LIMIT 40) t));
END $$;

-- debtor_document answers the file that an invoice of app_case() came as, to a link that is
-- in force.
CREATE FUNCTION debtor_document(p_link uuid, p_deal uuid) RETURNS TABLE (media_type text, file_name text, sha256 bytea, bytes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT b.media_type, b.file_name, b.sha256, (SELECT string_agg(p.bytes, '' ORDER BY p.n) FROM blob_parts p WHERE p.blob_id = b.id)
    FROM links l JOIN deals d ON d.case_id = l.case_id JOIN invoices i ON i.id = d.invoice_id JOIN blobs b ON b.id = i.blob_id
   WHERE l.id = p_link AND l.case_id = app_case() AND l.revoked_at IS NULL AND l.expires_at > now()
     AND d.id = p_deal AND d.status IN ('made', 'paid_out', 'settled') AND debtor_told(l.case_id, d.id);
END $$;

-- save_debtor_wishes keeps how whoever a link was sent to wants to be reached, for every
-- tenant of its world. The caller has locked the case.
CREATE FUNCTION save_debtor_wishes(p_link uuid, p_kind text, p_mode text, p_opted_out text[], p_prefers text, p_language text, p_hours text, p_source text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  k cases;
  l links;
  key bytea;
BEGIN
  SELECT * INTO STRICT l FROM links WHERE id = p_link AND case_id = app_case() AND revoked_at IS NULL AND expires_at > now();
  SELECT * INTO k FROM cases WHERE id = l.case_id;
  key := phone_key(k.world_id, l.recipient);
  INSERT INTO contact_windows (world_id, contact_key) VALUES (k.world_id, key) ON CONFLICT DO NOTHING;
  PERFORM FROM contact_windows c WHERE c.world_id = k.world_id AND c.contact_key = key FOR UPDATE;
  INSERT INTO contact_preferences AS c (world_id, contact_key, kind, mode, opted_out, prefers, language, hours, source, recorded_by, updated_at)
  VALUES (k.world_id, key, p_kind, p_mode, p_opted_out, p_prefers, p_language, p_hours, p_source, k.factor_id, p_at)
  ON CONFLICT (world_id, contact_key) DO UPDATE SET
    kind = excluded.kind, mode = excluded.mode, opted_out = excluded.opted_out, prefers = excluded.prefers, language = excluded.language,
    hours = excluded.hours, source = excluded.source, recorded_by = excluded.recorded_by, updated_at = excluded.updated_at;
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION debtor_told(uuid, uuid), debtor_document(uuid, uuid), save_debtor_wishes(uuid, text, text, text[], text, text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION debtor_document(uuid, uuid), save_debtor_wishes(uuid, text, text, text[], text, text, text, text, timestamptz) TO comity_app;
