-- +goose Up
-- Whose word a promise is (D-18): whom the link was sent to, on whose page it was made, and whether
-- the code of the notice had been typed on that link. What was promised before is told to nobody now.
ALTER TABLE promises
  ADD COLUMN recipient text NOT NULL DEFAULT '', -- '': it was said to a person
  ADD COLUMN confirmed boolean NOT NULL DEFAULT false;

-- With two hundred invoices the page's load was the slow half of it: it asked of each deal by itself
-- whether the debtor was told of it, repeated the account with each, and built a jsonb that was only
-- written out again.
DROP FUNCTION debtor_page(uuid, boolean);
-- +goose StatementBegin
-- debtor_page answers, as JSON in text, what the debtor of app_case() may see by one link: its invoices of
-- which it was told, what it said about them, how it wants to be reached, what was sent,
-- and the account: in full only once the notice's code was typed on this link (D-6). Of
-- what stops contact it sees what it set itself.
CREATE FUNCTION debtor_page(p_link uuid, p_lock boolean) RETURNS json
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode TO force_generic_plan AS $$
DECLARE
  k cases;
  l links;
  noticed uuid[]; -- deals that a notice names, which left or may have left
  shown uuid[];   -- those of the page: the debtor was told of them, as debtor_told says of one
BEGIN
  IF p_lock THEN PERFORM FROM cases WHERE id = app_case() FOR UPDATE; END IF;
  SELECT * INTO l FROM links WHERE id = p_link AND case_id = app_case() AND revoked_at IS NULL AND expires_at > now();
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO k FROM cases WHERE id = l.case_id;
  noticed := ARRAY(SELECT DISTINCT unnest(t.items) FROM touches t
                    WHERE t.case_id = k.id AND t.class = 'legal_notice' AND t.status IN ('sending', 'sent', 'unknown'));
  shown := ARRAY(SELECT d.id FROM deals d LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered'
                  WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out', 'settled') AND (n.occurred_at IS NOT NULL OR d.id = ANY (noticed) OR d.disclosure = 'confidential' AND d.funding_date IS NOT NULL));
  RETURN json_build_object(
    'case_id', k.id, 'world_id', k.world_id, 'disclosure', k.disclosure, 'factor_id', k.factor_id, 'seller_id', k.seller_id, 'confirmed', l.confirmed_at IS NOT NULL,
    'factor', (SELECT o.name FROM organizations o WHERE o.id = k.factor_id),
    'factor_email', (SELECT o.email FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT o.name FROM organizations o WHERE o.id = k.seller_id),
    'seller_email', (SELECT o.email FROM organizations o WHERE o.id = k.seller_id),
    'relationship', (SELECT jsonb_build_object('name', r.name, 'country', r.country, 'time_zone', r.time_zone) FROM relationships r WHERE r.id = k.relationship_id),
    'items', (SELECT coalesce(json_agg(json_build_object(
                 'deal_id', d.id, 'status', d.status, 'invoice_number', d.invoice_number, 'order_reference', i.order_reference, 'summary', i.summary,
                 'issued_on', i.issued_on, 'due_on', d.due_on, 'currency', d.currency, 'basis_minor', d.basis_minor, 'open_minor', d.open_minor,
                 'reference', d.reference, 'paid_on', d.paid_in_full_on, 'notice_at', n.occurred_at, 'has_document', i.blob_id IS NOT NULL,
                 'account_id', d.collection_account_id) ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered'
               WHERE d.id = ANY (shown)),
    'accounts', (SELECT coalesce(json_agg(jsonb_build_object('account', CASE WHEN l.confirmed_at IS NOT NULL THEN to_jsonb(a)
                 ELSE jsonb_build_object('id', a.id, 'org_id', a.org_id, 'purpose', a.purpose, 'currency', a.currency, 'holder', a.holder) END,
                 'ends', right(coalesce(a.iban, a.account_number), 4))), '[]')
                FROM bank_accounts a WHERE a.id IN (SELECT d.collection_account_id FROM deals d WHERE d.id = ANY (shown))),
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
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION debtor_page(uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION debtor_page(uuid, boolean) TO comity_app;
