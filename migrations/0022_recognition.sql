-- +goose Up
-- +goose StatementBegin
-- on_time_run is how many invoices of a relationship were paid by their due dates in the last twelve
-- months, one after the other up to the last payment; none while one is overdue, since then the
-- row has ended.
CREATE FUNCTION on_time_run(p_seller uuid, p_relationship uuid, p_now timestamptz) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  broken date;
BEGIN
  IF EXISTS (SELECT FROM deals d WHERE d.relationship_id = p_relationship AND d.seller_id = p_seller AND d.status = 'paid_out' AND d.open_minor > 0
                AND d.due_on < (p_now - interval '1 day')::date) THEN
    RETURN 0;
  END IF;
  SELECT max(x.paid_on) INTO broken FROM (
    SELECT h.paid_on FROM history h WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded AND h.paid_on > h.due_on
    UNION ALL SELECT d.paid_in_full_on FROM deals d WHERE d.relationship_id = p_relationship AND d.seller_id = p_seller AND d.status <> 'cancelled' AND d.paid_in_full_on > d.due_on) x;
  RETURN (SELECT count(*) FROM (
    SELECT h.paid_on FROM history h WHERE h.seller_id = p_seller AND h.relationship_id = p_relationship AND NOT h.excluded AND h.paid_on <= h.due_on
    UNION ALL SELECT d.paid_in_full_on FROM deals d WHERE d.relationship_id = p_relationship AND d.seller_id = p_seller AND d.status <> 'cancelled' AND d.paid_in_full_on <= d.due_on) x
   WHERE x.paid_on > (p_now - interval '12 months')::date AND x.paid_on > coalesce(broken, '-infinity'));
END $$;

-- case_thanks answers what a thank-you may say beside the thanks: how many invoices in a row were
-- paid on time, looked up only while a payment waits for its thanks, and when that was last said.
CREATE FUNCTION case_thanks(p_case uuid, p_now timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  k cases;
BEGIN
  IF NOT EXISTS (SELECT FROM allocations a WHERE a.case_id = p_case AND a.thanked_by IS NULL AND a.undone_at IS NULL) THEN RETURN '{}'; END IF;
  SELECT * INTO k FROM cases WHERE id = p_case;
  RETURN (SELECT jsonb_build_object('in_row', on_time_run(k.seller_id, k.relationship_id, p_now), 'recognised', count(*), 'recognised_at', max(t.claimed_at))
            FROM touches t WHERE t.relationship_id = k.relationship_id AND t.claimed_at > p_now - interval '12 months'
             AND t.template LIKE 'recognition@%' AND t.status IN ('sending', 'sent', 'unknown'));
END $$;

-- debtor_thanks answers to the debtor of app_case() how many invoices of its seller it paid on time
-- in a row: its own, whoever bought them.
CREATE FUNCTION debtor_thanks(p_now timestamptz) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('in_row', (SELECT on_time_run(k.seller_id, k.relationship_id, p_now) FROM cases k WHERE k.id = app_case()))
$$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION on_time_run(uuid, uuid, timestamptz), case_thanks(uuid, timestamptz), debtor_thanks(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION on_time_run(uuid, uuid, timestamptz), case_thanks(uuid, timestamptz), debtor_thanks(timestamptz) TO comity_app;
