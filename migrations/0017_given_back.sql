-- +goose Up
-- A debtor may pay for a part that was given back to its seller, while the rest is open or paid
-- (D-5). Such money is told apart from that for what is open, and no part takes more than it is.
ALTER TABLE recourses ADD COLUMN collected_minor bigint NOT NULL DEFAULT 0 CHECK (collected_minor BETWEEN 0 AND part_minor); -- of the debtor's money
ALTER TABLE allocations ADD COLUMN recourse_id uuid REFERENCES recourses; -- the part it paid for; NULL: what is open

-- Until now only an invoice that was given back whole took such money.
UPDATE allocations a SET recourse_id = (SELECT max(r.id::text)::uuid FROM recourses r WHERE r.deal_id = a.deal_id AND r.status IN ('exercised', 'reassigned'))
 WHERE EXISTS (SELECT FROM journals j WHERE j.cause_kind = 'receipt' AND j.cause_id = a.receipt_id AND j.deal_id = a.deal_id AND j.kind = 'v4d_collect_held');
UPDATE recourses r SET collected_minor = least(r.part_minor, p.minor)
  FROM (SELECT recourse_id, sum(amount_minor) AS minor FROM allocations WHERE recourse_id IS NOT NULL AND undone_at IS NULL GROUP BY recourse_id) p
 WHERE p.recourse_id = r.id;

CREATE INDEX deals_given_back ON deals (collection_account_id) WHERE given_back_minor > 0;

-- One receipt may pay several claims, when a person says so.
ALTER TABLE claim_payments DROP CONSTRAINT claim_payments_receipt_id_key;
CREATE INDEX claim_payments_receipt ON claim_payments (receipt_id);

-- +goose StatementBegin
-- deal_moves: money for a part that was given back moves nothing of what is open.
CREATE OR REPLACE FUNCTION deal_moves(p_deal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  zone text;
BEGIN
  SELECT o.time_zone INTO zone FROM deals d JOIN organizations o ON o.id = d.factor_id WHERE d.id = p_deal AND (app_sees(d.factor_id) OR app_sees(d.seller_id));
  IF NOT FOUND THEN RETURN '[]'; END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('on', m.day, 'open', m.opened, 'disputed', m.disputed)), '[]') FROM (
    SELECT a.value_on AS day, -a.amount_minor AS opened, 0 AS disputed FROM allocations a WHERE a.deal_id = p_deal AND a.undone_at IS NULL AND a.recourse_id IS NULL
    UNION ALL SELECT (x.raised_at AT TIME ZONE zone)::date, 0, x.amount_minor FROM disputes x WHERE x.deal_id = p_deal
    UNION ALL SELECT (x.resolved_at AT TIME ZONE zone)::date, -coalesce(x.credited_minor, 0), -x.amount_minor FROM disputes x WHERE x.deal_id = p_deal AND x.resolved_at IS NOT NULL
    UNION ALL SELECT r.exercised_on, -r.part_minor, 0 FROM recourses r WHERE r.deal_id = p_deal AND r.status IN ('exercised', 'reassigned')) m);
END $$;

-- deal_file: the last money is that for what is open.
CREATE OR REPLACE FUNCTION deal_file(p_deal uuid) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_build_object(
    'deal', to_jsonb(d) || jsonb_build_object('moves', deal_moves(d.id), 'stops', deal_stops(d.id)),
    'factor', (SELECT to_jsonb(x) FROM organizations x WHERE x.id = d.factor_id),
    'conditions', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.code), '[]') FROM conditions x WHERE x.deal_id = d.id),
    'payouts', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM payouts x WHERE x.deal_id = d.id),
    'kase', (SELECT to_jsonb(x) FROM cases x WHERE x.id = d.case_id),
    'invoice', (SELECT to_jsonb(x) FROM invoices x WHERE x.id = d.invoice_id),
    'plans', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM plans x WHERE x.deal_id = d.id),
    'recourses', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM recourses x WHERE x.deal_id = d.id),
    'last_money', (SELECT max(x.value_on) FROM allocations x WHERE x.deal_id = d.id AND x.undone_at IS NULL AND x.recourse_id IS NULL))
  FROM deals d WHERE d.id = p_deal
$$;

-- load_line finds what a booked line may belong to: the order whose id it carries, the deals that
-- it names by reference or by invoice number and of which something is open or, of a part that
-- was given back, not paid by the debtor; or by the reference of what a seller owes.
CREATE OR REPLACE FUNCTION load_line(p_line uuid, p_references text[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  l statement_lines;
  found_deals uuid[];
  words text;
  most CONSTANT integer := 5;
  many boolean;
BEGIN
  SELECT * INTO l FROM statement_lines WHERE id = p_line FOR UPDATE;
  words := upper(l.remittance || ' ' || l.reference);
  WITH named AS ( -- a branch for each index
    SELECT d.id, d.reference FROM deals d
     WHERE l.amount_minor > 0 AND d.collection_account_id = l.account_id AND d.currency = l.currency AND d.status IN ('made', 'paid_out') AND d.open_minor > 0
       AND (d.reference = ANY (p_references) OR position(upper(d.invoice_number) IN words) > 0)
    UNION
    SELECT d.id, d.reference FROM deals d
     WHERE l.amount_minor > 0 AND d.collection_account_id = l.account_id AND d.currency = l.currency AND d.given_back_minor > 0
       AND (d.reference = ANY (p_references) OR position(upper(d.invoice_number) IN words) > 0)
       AND EXISTS (SELECT FROM recourses r WHERE r.deal_id = d.id AND r.status IN ('exercised', 'reassigned') AND r.collected_minor < r.part_minor)
    UNION
    SELECT d.id, d.reference FROM recourses r JOIN deals d ON d.id = r.deal_id
     WHERE l.amount_minor > 0 AND r.factor_id = l.factor_id AND r.status = 'exercised' AND r.reference = ANY (p_references)
       AND d.collection_account_id = l.account_id AND d.currency = l.currency
  )
  SELECT array_agg(c.id) INTO found_deals FROM (
    SELECT n.id FROM named n ORDER BY (n.reference = ANY (p_references)) DESC, n.id LIMIT most + 1) c;
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
-- +goose StatementEnd
