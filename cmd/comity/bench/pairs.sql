-- Makes the relationships of the load's sellers, their debtors, 30 rows of
-- history each, and the open case of each pair, as the owner. Pair p belongs to
-- seller p / :relationships; its ids end with p.
CREATE TEMPORARY TABLE pair AS
SELECT p, s.id AS seller,
       (:'run' || '-7100-8000-' || lpad(to_hex(p), 12, '0'))::uuid AS relationship,
       (:'run' || '-7101-8000-' || lpad(to_hex(p), 12, '0'))::uuid AS debtor,
       (:'run' || '-7102-8000-' || lpad(to_hex(p), 12, '0'))::uuid AS kase
  FROM unnest(:'sellers'::uuid[]) WITH ORDINALITY AS s(id, n)
  CROSS JOIN LATERAL generate_series((s.n - 1) * :relationships, s.n * :relationships - 1) AS p;

INSERT INTO debtors (id, world_id, country, name_key)
SELECT debtor, :'world'::uuid, 'DE', 'buyer ' || p FROM pair;

INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, email, time_zone, created_at)
SELECT relationship, seller, debtor, 'B' || p, 'Buyer ' || p, 'company', 'DE', 'accounts-' || p || '@debtor.example', 'Europe/Berlin', :'now'::timestamptz
  FROM pair;

INSERT INTO history (seller_id, relationship_id, invoice_ref, amount_minor, currency, issued_on, due_on, paid_on)
SELECT seller, relationship, 'H' || h, 100000 + 700 * h, 'EUR', d.due - 30, d.due, d.due + (h * 7) % 9 - 2
  FROM pair, generate_series(1, 30) AS h, LATERAL (SELECT :'now'::date - 14 * h - 20 AS due) AS d;

INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, next_action_at, opened_at)
SELECT kase, :'world'::uuid, :'factor'::uuid, seller, debtor, relationship, 'open', :'now'::timestamptz, :'now'::timestamptz
  FROM pair;
