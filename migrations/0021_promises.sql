-- +goose Up
CREATE INDEX promises_deal ON promises (deal_id) WHERE status IN ('kept', 'part_kept', 'broken');

-- +goose StatementBegin
-- risk_facts, with the promises about a relationship's deals that statements decided in the last
-- twelve months, by factor: how many were broken, of how many.
CREATE OR REPLACE FUNCTION risk_facts(p_seller uuid, p_relationship uuid, p_invoice uuid, p_currency text, p_today date, p_known timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode TO force_generic_plan AS $$
BEGIN
  RETURN jsonb_build_object(
    'level', CASE WHEN p_invoice IS NOT NULL THEN proven_level(p_seller, p_invoice, p_today, p_known) ELSE 0 END,
    'dilution', (SELECT jsonb_build_object('lag', d.lag_days, 'months', d.months, 'sales', d.sales_minor, 'credits', d.credits_minor)
                   FROM dilution_records d
                  WHERE d.seller_id = p_seller AND d.relationship_id = p_relationship AND d.currency = p_currency ORDER BY d.id DESC LIMIT 1),
    'promises', (SELECT jsonb_object_agg(o.factor_id, jsonb_build_array(o.broken, o.n))
                   FROM (SELECT x.factor_id, count(*) FILTER (WHERE m.status = 'broken') AS broken, count(*) AS n
                           FROM deals x JOIN promises m ON m.deal_id = x.id AND m.status IN ('kept', 'part_kept', 'broken')
                          WHERE x.relationship_id = p_relationship AND x.seller_id = p_seller
                            AND m.decided_at <= p_known AND m.decided_at > p_known - interval '12 months' GROUP BY 1) o),
    'over', (SELECT jsonb_object_agg(o.factor_id, jsonb_build_array(o.disputed, o.n))
               FROM (SELECT d.factor_id, count(*) FILTER (WHERE d.disputed) AS disputed, count(*) AS n
                       FROM (SELECT x.factor_id, x.due_on, x.paid_in_full_on,
                                    EXISTS (SELECT FROM disputes y WHERE y.deal_id = x.id AND y.raised_at <= p_known) AS disputed
                               FROM deals x WHERE x.relationship_id = p_relationship AND x.seller_id = p_seller AND x.status <> 'cancelled' AND x.made_at <= p_known) d
                      WHERE d.disputed OR d.paid_in_full_on <= p_today OR d.due_on < p_today - 30 GROUP BY 1) o));
END $$;
-- +goose StatementEnd
