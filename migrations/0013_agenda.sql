-- +goose Up
-- The agenda: cases that are due are looked at by the thousand, and most of them only wait.

-- The day of the invoice is one of the terms of what was bought, as the due date is.
ALTER TABLE deals ADD COLUMN issued_on date;
UPDATE deals d SET issued_on = i.issued_on FROM invoices i WHERE i.id = d.invoice_id;
ALTER TABLE deals ALTER COLUMN issued_on SET NOT NULL;
-- It is the invoice's own, and never changes: the deal takes it over when it is made, whoever
-- makes it.
-- +goose StatementBegin
CREATE FUNCTION deal_issued_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.issued_on IS NULL THEN
    NEW.issued_on := (SELECT i.issued_on FROM invoices i WHERE i.id = NEW.invoice_id);
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER deal_issued_on BEFORE INSERT ON deals FOR EACH ROW EXECUTE FUNCTION deal_issued_on();
ALTER TABLE deals ENABLE ALWAYS TRIGGER deal_issued_on;
-- What is followed up in a case, without the years of what was settled in it.
CREATE INDEX deals_followed ON deals (case_id) WHERE status NOT IN ('settled', 'cancelled');
-- The few deals whose debtor was not told yet.
CREATE INDEX conditions_untold ON conditions (deal_id) WHERE code = 'notice_delivered' AND occurred_at IS NULL;
-- What a letter said is read once in a while, what is known about it at every look.
ALTER TABLE touches SET (toast_tuple_target = 256);
-- Row-level security lets the planner expect one due case where there are thousands, and read
-- and sort them all to return the first few.
ALTER FUNCTION due(uuid, timestamptz, integer) SET enable_bitmapscan = off;

-- Which playbooks are for a case; the first by (place, shape) counts: the most particular one.
CREATE VIEW case_playbooks WITH (security_invoker = true) AS
SELECT k.id AS case_id, array_position(ARRAY['relationship', 'debtor', 'segment', 'seller', 'factor'], p.level) AS place, -length(p.subject) AS shape, p.*
  FROM cases k JOIN relationships r ON r.id = k.relationship_id
  JOIN playbooks p ON p.factor_id = k.factor_id AND p.status = 'active'
   AND (p.level, p.subject) IN (('relationship', k.relationship_id::text), ('debtor', k.debtor_id::text),
         ('segment', r.country || '/' || r.legal_type), ('segment', r.country), ('seller', k.seller_id::text), ('factor', ''));
GRANT SELECT ON case_playbooks TO comity_app;

-- case_facts answers the facts that a case's next step depends on, and locks nothing. Of a life
-- it answers what ended too, and whatever was paid. It runs with the caller's rights, in scope
-- work.
DROP FUNCTION case_facts(uuid, bytea, timestamptz);
-- +goose StatementBegin
CREATE FUNCTION case_facts(p_case uuid, p_key bytea, p_now timestamptz, p_life boolean DEFAULT false) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  k cases;
  r relationships;
  phone bytea;
BEGIN
  SELECT * INTO k FROM cases WHERE id = p_case;
  SELECT * INTO r FROM relationships WHERE id = k.relationship_id;
  phone := phone_key(k.world_id, r.phone);
  RETURN jsonb_build_object(
    'kase', to_jsonb(k),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.factor_id),
    'seller', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = k.seller_id),
    'relationship', to_jsonb(r),
    'playbook', (SELECT to_jsonb(p) FROM case_playbooks p WHERE p.case_id = k.id ORDER BY p.place, p.shape LIMIT 1),
    'voice', (SELECT to_jsonb(v) FROM voices v WHERE v.seller_id = k.seller_id),
    'preferences', (SELECT to_jsonb(c) - 'contact_key' FROM contact_preferences c WHERE c.world_id = k.world_id AND c.contact_key = p_key),
    'not_by_phone', EXISTS (SELECT FROM contact_preferences c WHERE c.world_id = k.world_id AND c.contact_key = phone AND 'phone' = ANY (c.opted_out)),
    'sellers_here', (SELECT count(DISTINCT m.seller_id) FROM contacts_made m WHERE m.world_id = k.world_id AND m.contact_key = p_key
                       AND m.at > p_now - interval '180 days'),
    'owed', (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', o.currency, 'minor', o.minor) ORDER BY o.currency), '[]')
               FROM (SELECT d.currency, sum(d.open_minor)::bigint AS minor FROM deals d
                      WHERE d.factor_id = k.factor_id AND d.debtor_id = k.debtor_id AND d.status IN ('made', 'paid_out') GROUP BY d.currency) o),
    'known_since', (SELECT min(h.issued_on) FROM history h WHERE h.seller_id = k.seller_id AND h.relationship_id = k.relationship_id AND NOT h.excluded),
    'on_time', (SELECT count(*) FROM history h WHERE h.seller_id = k.seller_id AND h.relationship_id = k.relationship_id AND NOT h.excluded AND h.paid_on <= h.due_on AND h.paid_on > (p_now - interval '12 months')::date)
             + (SELECT count(*) FROM deals d WHERE d.relationship_id = k.relationship_id AND d.paid_in_full_on <= d.due_on AND d.paid_in_full_on > (p_now - interval '12 months')::date),
    'last_paid_at', (SELECT max(a.applied_at) FROM allocations a WHERE a.case_id = k.id AND a.undone_at IS NULL),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'deal', to_jsonb(d), 'issued_on', d.issued_on, 'order_reference', i.order_reference, 'summary', i.summary,
                 'introduced_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'introduced'),
                 'notice_at', (SELECT c.occurred_at FROM conditions c WHERE c.deal_id = d.id AND c.code = 'notice_delivered'))
                 ORDER BY d.due_on, d.id), '[]')
                FROM deals d JOIN invoices i ON i.id = d.invoice_id WHERE d.case_id = k.id AND d.status <> 'cancelled'),
    'feeds', (SELECT coalesce(jsonb_agg(jsonb_build_object('account', to_jsonb(a), 'spans',
                 (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.from_on, s.id), '[]')
                    FROM (SELECT l.id, l.from_on, l.to_on, l.currency, l.opening_minor, l.closing_minor FROM statements l
                           WHERE l.account_id = a.id ORDER BY l.to_on DESC, l.id DESC LIMIT CASE WHEN p_life THEN 400 ELSE 60 END) s))), '[]')
                FROM bank_accounts a WHERE a.id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id)),
    'holds', (SELECT coalesce(jsonb_agg(to_jsonb(h) || jsonb_build_object('currency', d.currency) ORDER BY h.id), '[]')
                FROM holds h LEFT JOIN deals d ON d.id = h.deal_id WHERE h.case_id = k.id AND (p_life OR h.ended_at IS NULL)),
    'pauses', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM pauses p WHERE p.case_id = k.id AND (p_life OR p.ended_at IS NULL)),
    'stops', (SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.id), '[]') FROM stops s WHERE s.case_id = k.id AND (p_life OR s.lifted_at IS NULL)),
    'promises', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]') FROM promises p WHERE p.case_id = k.id),
    'disputes', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM disputes x WHERE x.case_id = k.id),
    'questions', (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.id), '[]') FROM questions q WHERE q.case_id = k.id),
    'replies', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', y.kind, 'acknowledgement', y.acknowledgement, 'at', y.received_at) ORDER BY y.id), '[]')
                  FROM replies y WHERE y.case_id = k.id),
    'touches', (SELECT coalesce(jsonb_agg(to_jsonb(t) - 'body_text' - 'body_html' ORDER BY t.id), '[]') FROM touches t WHERE t.case_id = k.id),
    'approvals', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM approvals a WHERE a.case_id = k.id),
    'unthanked', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.applied_at, a.id), '[]')
                    FROM allocations a WHERE a.case_id = k.id AND (p_life OR a.thanked_by IS NULL) AND a.undone_at IS NULL),
    'unidentified', (SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.id), '[]') FROM receipts u
                      WHERE u.account_id IN (SELECT d.collection_account_id FROM deals d WHERE d.case_id = k.id AND d.status IN ('made', 'paid_out'))
                        AND u.unapplied_minor > 0 AND u.status IN ('unapplied', 'suggested') AND u.created_at > p_now - interval '21 days'),
    'contacts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', m.at, 'counted', m.counted, 'daily', m.daily, 'conversation', m.conversation,
                   'own', coalesce(t.case_id = k.id, false), 'ours', coalesce(t.factor_id = k.factor_id, false), 'call', coalesce(t.class = 'call', false))), '[]')
                   FROM (SELECT DISTINCT ON (c.touch_id) c.touch_id, c.at, c.counted, c.daily, c.conversation FROM contacts_made c
                          WHERE c.world_id = k.world_id AND c.contact_key IN (p_key, phone) AND c.at > p_now - interval '16 days' ORDER BY c.touch_id) m
                   LEFT JOIN touches t ON t.id = m.touch_id
                  WHERE coalesce(t.status, '') NOT IN ('planned', 'cancelled')),
    -- since when another case has waited for a place at this address alone, with something
    -- overdue, and still does; a mailbox that asked for a digest has a place for each factor, and
    -- who is in hardship waits for its own sake
    'waiting_since', (SELECT min(w.since) FROM relationships x JOIN cases o ON o.relationship_id = x.id AND o.status = 'open' AND o.id <> k.id AND o.world_id = k.world_id
                       CROSS JOIN LATERAL (SELECT g.step, g.cycle, g.class, g.sent, g.codes, g.facts, g.look_again_at, g.at FROM gate_decisions g WHERE g.case_id = o.id ORDER BY g.id DESC LIMIT 1) l
                       CROSS JOIN LATERAL (SELECT min(g.at) AS since FROM gate_decisions g
                         WHERE g.case_id = o.id AND g.step = l.step AND g.cycle = l.cycle AND NOT g.sent AND g.codes <@ ARRAY['ceiling_7_in_7', 'one_per_day']) w
                       WHERE NOT p_life AND lower(x.email) = lower(r.email) AND NOT l.sent AND l.class = 'reminder' AND l.step LIKE 'post_due:%' AND l.at > p_now - interval '5 days'
                         AND l.codes <> '{}' AND l.codes <@ ARRAY['ceiling_7_in_7', 'one_per_day'] AND l.facts NOT LIKE '%(hardship)%' AND o.next_action_at <= l.look_again_at
                         AND (o.factor_id = k.factor_id OR NOT EXISTS (SELECT FROM contact_preferences c WHERE c.world_id = k.world_id AND c.contact_key = p_key AND c.mode = 'digest'))),
    'last_elsewhere', (SELECT max(coalesce(t.sent_at, t.claimed_at)) FROM touches t
                        WHERE t.relationship_id IN (SELECT x.id FROM relationships x WHERE x.seller_id = k.seller_id AND x.debtor_id = k.debtor_id)
                          AND t.case_id <> k.id AND t.class IN ('heads_up', 'reminder', 'call') AND t.status IN ('sending', 'sent', 'unknown')
                          AND t.claimed_at > p_now - interval '9 days'),
    'refused', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'at', g.at, 'again', g.look_again_at, 'codes', g.codes, 'since', w.since, 'place_since', w.place_since)), '[]')
                  FROM (SELECT DISTINCT ON (step) step, at, look_again_at, codes FROM gate_decisions
                         WHERE case_id = k.id AND NOT sent AND cycle = k.cycle AND at > p_now - interval '90 days'
                         ORDER BY step, at DESC, id DESC) g
                  CROSS JOIN LATERAL (SELECT min(f.at) AS since, min(f.at) FILTER (WHERE f.codes <@ ARRAY['ceiling_7_in_7', 'one_per_day']) AS place_since FROM gate_decisions f
                                       WHERE f.case_id = k.id AND f.cycle = k.cycle AND f.step = g.step AND NOT f.sent) w));
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION case_facts(uuid, bytea, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_facts(uuid, bytea, timestamptz, boolean) TO comity_app;
