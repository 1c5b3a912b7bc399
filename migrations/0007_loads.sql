-- +goose Up
-- The hot loads: one round trip each. VOLATILE, so that every statement inside
-- has a fresh snapshot: first the locks, in the order of ARCHITECTURE (receipt,
-- invoice, deal, case, contact window, exposure, facility), then the reads. They
-- run with the caller's rights: row-level security holds inside them.

-- +goose StatementBegin
CREATE FUNCTION load_kin(p_seller uuid, p_world uuid, p_relationship uuid, p_sha bytea, p_tax text, p_number text, p_prints bytea[])
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  -- Two hand-ins of one seller at one moment wait here, so that the second sees the first.
  PERFORM pg_advisory_xact_lock(hashtextextended(p_seller::text || p_tax || p_number, 1));
  RETURN jsonb_build_object(
    'organization', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = p_seller),
    'relationship', (SELECT to_jsonb(r) FROM relationships r WHERE r.seller_id = p_seller AND r.id = p_relationship),
    'same_bytes', (SELECT to_jsonb(i) FROM invoices i WHERE i.seller_id = p_seller AND p_sha IS NOT NULL AND i.document_sha256 = p_sha),
    'same_number', (SELECT i.id FROM invoices i WHERE i.seller_id = p_seller AND i.supplier_tax_id = p_tax AND i.number_key = p_number
                      AND i.status <> 'withdrawn' ORDER BY i.id LIMIT 1),
    'elsewhere', EXISTS (SELECT FROM fingerprints f WHERE f.world_id = p_world AND f.digest = ANY (p_prints) AND f.seller_id <> p_seller));
END $$;

-- The seller's own experience with the debtor: what it imported and what its
-- deals here showed. Never another seller's rows.
CREATE FUNCTION experience(p_seller uuid, p_relationship uuid)
RETURNS TABLE (due_on date, paid_on date, disputed boolean) LANGUAGE sql STABLE AS $$
  SELECT h.due_on, h.paid_on, h.disputed FROM history h WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship
  UNION ALL
  SELECT d.due_on, d.paid_in_full_on, EXISTS (SELECT FROM disputes x WHERE x.deal_id = d.id)
    FROM deals d WHERE d.seller_id = p_seller AND d.relationship_id = p_relationship AND d.status <> 'cancelled'
$$;

CREATE FUNCTION load_submission(p_invoice uuid, p_seller uuid, p_world uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  inv invoices;
  org organizations;
  today date;
BEGIN
  SELECT * INTO inv FROM invoices WHERE seller_id = p_seller AND id = p_invoice FOR UPDATE;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO org FROM organizations WHERE id = p_seller;
  today := (p_now AT TIME ZONE org.time_zone)::date;
  RETURN jsonb_build_object(
    'invoice', to_jsonb(inv),
    'seller', to_jsonb(org),
    'relationship', (SELECT to_jsonb(r) FROM relationships r WHERE r.id = inv.relationship_id),
    'paid', (SELECT coalesce(jsonb_agg(jsonb_build_object('late', b.late, 'weeks', b.weeks, 'n', b.n)), '[]')
               FROM (SELECT greatest(-90, least(181, e.paid_on - e.due_on)) AS late, (today - e.paid_on) / 7 AS weeks, count(*) AS n
                       FROM experience(p_seller, inv.relationship_id) e WHERE e.paid_on <= today GROUP BY 1, 2) b),
    'open', (SELECT coalesce(jsonb_agg(jsonb_build_object('past', b.past, 'n', b.n)), '[]')
               FROM (SELECT today - e.due_on AS past, count(*) AS n
                       FROM experience(p_seller, inv.relationship_id) e WHERE e.paid_on IS NULL OR e.paid_on > today GROUP BY 1) b),
    'payments', (SELECT count(*) FROM experience(p_seller, inv.relationship_id) e WHERE e.paid_on <= today),
    'disputed', (SELECT count(*) FROM experience(p_seller, inv.relationship_id) e WHERE e.disputed),
    'buyers', (SELECT coalesce(jsonb_agg(jsonb_build_object('mandate', to_jsonb(m), 'factor', to_jsonb(f), 'collection', to_jsonb(a)) ORDER BY m.id), '[]')
                 FROM mandates m JOIN organizations f ON f.id = m.factor_id JOIN bank_accounts a ON a.id = m.collection_account_id
                WHERE m.world_id = p_world AND m.currency = inv.currency AND m.state = 'active'),
    'has_account', EXISTS (SELECT FROM bank_accounts a WHERE a.org_id = p_seller AND a.purpose = 'payout' AND a.currency = inv.currency));
END $$;

CREATE FUNCTION load_acceptance(p_offer uuid, p_seller uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o offers;
  inv invoices;
  rel relationships;
  c cases;
BEGIN
  SELECT * INTO o FROM offers WHERE seller_id = p_seller AND id = p_offer;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  SELECT * INTO inv FROM invoices WHERE id = o.invoice_id FOR UPDATE;
  SELECT * INTO rel FROM relationships WHERE id = inv.relationship_id FOR UPDATE; -- one sale of a pair at a time
  SELECT * INTO c FROM cases
   WHERE factor_id = o.factor_id AND seller_id = p_seller AND debtor_id = rel.debtor_id AND status = 'open' FOR UPDATE;
  INSERT INTO exposures (factor_id, debtor_id, currency) VALUES (o.factor_id, rel.debtor_id, o.currency) ON CONFLICT DO NOTHING;
  PERFORM FROM exposures WHERE factor_id = o.factor_id AND debtor_id = rel.debtor_id AND currency = o.currency FOR UPDATE;
  INSERT INTO facilities (factor_id, currency) VALUES (o.factor_id, o.currency) ON CONFLICT DO NOTHING;
  PERFORM FROM facilities WHERE factor_id = o.factor_id AND currency = o.currency FOR UPDATE;
  RETURN jsonb_build_object(
    'offer', (SELECT to_jsonb(x) FROM offers x WHERE x.id = p_offer), -- again: it may have ended while we waited
    'invoice', (SELECT to_jsonb(x) FROM invoices x WHERE x.id = inv.id),
    'factor', (SELECT to_jsonb(x) FROM organizations x WHERE x.id = o.factor_id),
    'relationship', to_jsonb(rel),
    'mandate', (SELECT to_jsonb(m) FROM mandates m WHERE m.id = o.mandate_id),
    'payout', (SELECT a.id FROM bank_accounts a WHERE a.org_id = p_seller AND a.purpose = 'payout' AND a.currency = o.currency ORDER BY a.id DESC LIMIT 1),
    'kase', CASE WHEN c.id IS NOT NULL THEN to_jsonb(c) END,
    'served_by', (SELECT d.factor_id FROM deals d WHERE d.relationship_id = rel.id AND d.status IN ('made', 'paid_out') AND d.factor_id <> o.factor_id LIMIT 1),
    'debtor_used', (SELECT used_minor FROM exposures WHERE factor_id = o.factor_id AND debtor_id = rel.debtor_id AND currency = o.currency),
    'facility_used', (SELECT used_minor FROM facilities WHERE factor_id = o.factor_id AND currency = o.currency),
    'sold_elsewhere', EXISTS (SELECT FROM fingerprints mine JOIN fingerprints f ON f.world_id = mine.world_id AND f.digest = mine.digest AND f.live
                               WHERE mine.invoice_id = inv.id AND f.invoice_id <> inv.id));
END $$;

-- deal_file reads a deal that is locked already.
CREATE FUNCTION deal_file(p_deal uuid) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'deal', to_jsonb(d),
    'factor', (SELECT to_jsonb(x) FROM organizations x WHERE x.id = d.factor_id),
    'conditions', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.code), '[]') FROM conditions x WHERE x.deal_id = d.id),
    'payouts', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM payouts x WHERE x.deal_id = d.id),
    'kase', (SELECT to_jsonb(x) FROM cases x WHERE x.id = d.case_id),
    'invoice', (SELECT to_jsonb(x) FROM invoices x WHERE x.id = d.invoice_id),
    'last_money', (SELECT max(x.value_on) FROM allocations x WHERE x.deal_id = d.id AND x.undone_at IS NULL))
  FROM deals d WHERE d.id = p_deal
$$;

CREATE FUNCTION lock_deals(p_deals uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM invoices WHERE id IN (SELECT invoice_id FROM deals WHERE id = ANY (p_deals)) ORDER BY id FOR UPDATE;
  PERFORM FROM deals WHERE id = ANY (p_deals) ORDER BY id FOR UPDATE;
  PERFORM FROM cases WHERE id IN (SELECT case_id FROM deals WHERE id = ANY (p_deals)) ORDER BY id FOR UPDATE;
END $$;

CREATE FUNCTION load_deal(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM lock_deals(ARRAY[p_deal]);
  RETURN coalesce(deal_file(p_deal), '{}');
END $$;

-- load_line finds what a booked line may belong to: the order whose id it
-- carries, the deals that it names by reference, or by invoice number.
CREATE FUNCTION load_line(p_line uuid, p_references text[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l statement_lines;
  found_deals uuid[];
  words text;
  most CONSTANT integer := 5;
  many boolean;
BEGIN
  SELECT * INTO l FROM statement_lines WHERE id = p_line FOR UPDATE;
  words := upper(l.remittance || ' ' || l.reference);
  SELECT array_agg(c.id) INTO found_deals FROM (
    SELECT d.id FROM deals d
     WHERE l.amount_minor > 0 AND d.collection_account_id = l.account_id AND d.currency = l.currency AND d.status IN ('made', 'paid_out') AND d.open_minor > 0
       AND (d.reference = ANY (p_references) OR position(upper(d.invoice_number) IN words) > 0)
     ORDER BY (d.reference = ANY (p_references)) DESC, d.id LIMIT most + 1) c;
  many := cardinality(found_deals) > most; -- then a number may be another item's too
  found_deals := found_deals[:most];
  PERFORM lock_deals(coalesce(found_deals, '{}'));
  RETURN jsonb_build_object(
    'line', to_jsonb(l),
    'account', (SELECT to_jsonb(a) FROM bank_accounts a WHERE a.id = l.account_id),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = l.factor_id),
    'payout', (SELECT to_jsonb(p) FROM payouts p WHERE l.end_to_end_id <> '' AND p.factor_id = l.factor_id AND p.end_to_end_id = l.end_to_end_id),
    'deals', (SELECT coalesce(jsonb_agg(deal_file(d.id) ORDER BY d.id), '[]') FROM unnest(found_deals) AS d(id)),
    'ambiguous', coalesce(many, false));
END $$;

CREATE FUNCTION load_receipt(p_receipt uuid, p_factor uuid, p_deal uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r receipts;
  a allocations;
BEGIN
  SELECT * INTO r FROM receipts WHERE factor_id = p_factor AND id = p_receipt FOR UPDATE;
  IF NOT FOUND THEN RETURN '{}'; END IF;
  IF p_deal IS NULL THEN
    SELECT * INTO a FROM allocations WHERE receipt_id = p_receipt AND undone_at IS NULL ORDER BY id DESC LIMIT 1;
    p_deal := a.deal_id;
  END IF;
  PERFORM lock_deals(ARRAY[p_deal]);
  RETURN jsonb_build_object(
    'receipt', to_jsonb(r),
    'factor', (SELECT to_jsonb(o) FROM organizations o WHERE o.id = p_factor),
    'deal', deal_file(p_deal),
    'allocation', CASE WHEN a.id IS NOT NULL THEN to_jsonb(a) END);
END $$;

-- due answers what is to be done next in a world by the given instant, in the
-- order of (due_at, id).
CREATE FUNCTION due(p_world uuid, p_until timestamptz, p_limit integer)
RETURNS TABLE (kind text, id uuid, due_at timestamptz) LANGUAGE sql STABLE AS $$
  (SELECT 'case', c.id, c.next_action_at FROM cases c WHERE c.world_id = p_world AND c.next_action_at <= p_until ORDER BY c.next_action_at, c.id LIMIT p_limit)
  UNION ALL
  (SELECT 'accrual', d.id, d.next_accrual_at FROM deals d WHERE d.world_id = p_world AND d.next_accrual_at <= p_until ORDER BY d.next_accrual_at, d.id LIMIT p_limit)
  UNION ALL
  (SELECT 'payout', p.id, p.release_at FROM payouts p WHERE p.world_id = p_world AND p.status = 'queued' AND p.release_at <= p_until ORDER BY p.release_at, p.id LIMIT p_limit)
  UNION ALL
  (SELECT 'feed', a.id, a.feed_check_at FROM bank_accounts a JOIN organizations o ON o.id = a.org_id
    WHERE o.world_id = p_world AND a.feed_check_at <= p_until ORDER BY a.feed_check_at, a.id LIMIT p_limit)
  ORDER BY 3, 2 LIMIT p_limit
$$;
-- +goose StatementEnd

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO comity_app;
