-- +goose Up
-- What follows up a case is loaded in one round trip; what a debtor may see is
-- one function that reads its own case only and hides what it has not earned.

ALTER TABLE links ADD COLUMN tries integer NOT NULL DEFAULT 0; -- wrong codes typed on it
ALTER TABLE gate_decisions ADD COLUMN cycle integer NOT NULL DEFAULT 1; -- a new cycle forgets old refusals
CREATE INDEX cases_pair ON cases (relationship_id);
CREATE INDEX gate_decisions_refused ON gate_decisions (case_id, step, at DESC) WHERE NOT sent;

-- load_case answers the facts that a case's next step depends on. The caller has
-- locked the case; this locks the contact window. It runs with the caller's
-- rights, in scope work.
-- +goose StatementBegin
CREATE FUNCTION load_case(p_case uuid, p_key bytea, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  k cases;
BEGIN
  SELECT * INTO k FROM cases WHERE id = p_case;
  INSERT INTO contact_windows (world_id, contact_key) VALUES (k.world_id, p_key) ON CONFLICT DO NOTHING;
  PERFORM FROM contact_windows w WHERE w.world_id = k.world_id AND w.contact_key = p_key FOR UPDATE;
  RETURN jsonb_build_object(
    'kase', to_jsonb(k),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.seller_id),
    'relationship', (SELECT to_jsonb(r) FROM relationships r WHERE r.id = k.relationship_id),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'deal', to_jsonb(d), 'issued_on', i.issued_on, 'order_reference', i.order_reference, 'summary', i.summary,
                 'introduced_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'introduced'),
                 'notice_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'notice_delivered'))
                 ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.case_id = k.id AND d.status <> 'cancelled'),
    'feeds', (SELECT coalesce(jsonb_agg(jsonb_build_object('account', to_jsonb(a), 'spans',
                 (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.from_on, s.id), '[]')
                    FROM (SELECT l.id, l.from_on, l.to_on, l.currency, l.opening_minor, l.closing_minor FROM statements l
                           WHERE l.account_id = a.id ORDER BY l.to_on DESC, l.id DESC LIMIT 60) s))), '[]')
                FROM bank_accounts a WHERE a.id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id)),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id AND h.ended_at IS NULL),
    'stops', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM stops s WHERE s.case_id = k.id AND s.lifted_at IS NULL),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id),
    'touches', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'body_text' - 'body_html' ORDER BY t.id), '[]') FROM touches t WHERE t.case_id = k.id),
    'unthanked', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.applied_at, a.id), '[]')
                    FROM allocations a WHERE a.case_id = k.id AND a.thanked_by IS NULL AND a.undone_at IS NULL),
    'unidentified', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM receipts r
                      WHERE r.account_id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out'))
                        AND r.unapplied_minor > 0 AND r.status IN ('unapplied', 'suggested') AND r.created_at > p_now - interval '21 days'),
    'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', m.at, 'counted', m.counted, 'daily', m.daily,
                   'own', EXISTS (SELECT FROM touches t WHERE t.id = m.touch_id AND t.case_id = k.id))), '[]')
                   FROM contacts_made m
                  WHERE m.world_id = k.world_id AND m.contact_key = p_key AND m.at > p_now - interval '9 days'
                    AND NOT EXISTS (SELECT FROM touches t WHERE t.id = m.touch_id AND t.status IN ('planned', 'cancelled'))),
    'last_elsewhere', (SELECT max(coalesce(t.sent_at, t.claimed_at)) FROM touches t
                        WHERE t.relationship_id IN (SELECT r.id FROM relationships r WHERE r.seller_id = k.seller_id AND r.debtor_id = k.debtor_id)
                          AND t.case_id <> k.id AND t.class IN ('heads_up', 'reminder') AND t.status IN ('sending', 'sent', 'unknown')
                          AND t.claimed_at > p_now - interval '9 days'),
    'refused', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'at', g.at, 'again', g.look_again_at)), '[]')
                  FROM (SELECT DISTINCT ON (step) step, at, look_again_at FROM gate_decisions
                         WHERE case_id = k.id AND NOT sent AND cycle = k.cycle AND at > p_now - interval '90 days'
                         ORDER BY step, at DESC, id DESC) g));
END $$;
-- +goose StatementEnd

-- debtor_page answers what the debtor of app_case() may see by one link: its
-- invoices of which it was told, what it said about them, and the account: in
-- full only once the notice's code was typed on this link (D-6).
-- +goose StatementBegin
CREATE FUNCTION debtor_page(p_link uuid, p_lock boolean) RETURNS jsonb
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
                 'reference', d.reference, 'paid_on', d.paid_in_full_on, 'notice_at', n.occurred_at,
                 'account', CASE WHEN l.confirmed_at IS NOT NULL THEN to_jsonb(a)
                                 ELSE jsonb_build_object('id', a.id, 'org_id', a.org_id, 'purpose', a.purpose, 'currency', a.currency, 'holder', a.holder) END,
                 'account_ends', right(coalesce(a.iban, a.account_number), 4)) ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id JOIN bank_accounts a ON a.id = d.collection_account_id
                LEFT JOIN conditions n ON n.deal_id = d.id AND n.code = 'notice_delivered'
               WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out', 'settled')
                 AND (n.occurred_at IS NOT NULL OR EXISTS (SELECT FROM touches t WHERE t.case_id = k.id AND t.class = 'legal_notice'
                        AND t.status IN ('sending', 'sent', 'unknown') AND d.id = ANY (t.items)))),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id AND h.ended_at IS NULL),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'disputes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM disputes x WHERE x.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) - 'answered_by' ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id));
END $$;

-- confirm_link checks a notice's code on a link of app_case(). A link takes ten
-- wrong codes.
CREATE FUNCTION confirm_link(p_link uuid, p_code text) RETURNS TABLE (is_right boolean, tries integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  l links;
BEGIN
  SELECT * INTO l FROM links WHERE id = p_link AND case_id = app_case() AND revoked_at IS NULL AND expires_at > now() FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  is_right := false;
  tries := l.tries;
  IF l.tries < 10 THEN
    is_right := EXISTS (SELECT FROM deals d WHERE d.case_id = l.case_id AND d.notice_code = p_code AND d.status IN ('made', 'paid_out', 'settled'));
    tries := CASE WHEN is_right THEN 0 ELSE l.tries + 1 END;
    UPDATE links SET tries = confirm_link.tries, confirmed_at = CASE WHEN is_right THEN coalesce(confirmed_at, now()) ELSE confirmed_at END WHERE id = l.id;
  END IF;
  RETURN NEXT;
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION load_case(uuid, bytea, timestamptz), debtor_page(uuid, boolean), confirm_link(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION load_case(uuid, bytea, timestamptz), debtor_page(uuid, boolean), confirm_link(uuid, text) TO comity_app;
