-- A factor's working day at scale, as the owner: a sandbox whose clock stands at :now, with
-- :cases open cases of :items open invoices each, all due to be looked at, what was said in
-- them before, and the statements of their collection accounts. Cases of one debtor are of two
-- sellers where a debtor has two. What a factor and a seller do before a case has no rows.
\set factors 5
\set sellers 200
BEGIN;
SET LOCAL session_replication_role = replica; -- of what comes before a case there are no rows
SET LOCAL synchronous_commit = off;
SET LOCAL work_mem = '256MB';

CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
  RETURN ('5ca1e000-' || kind || '-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
-- a number below m that depends on n and on what it is for
CREATE FUNCTION pg_temp.dice(n bigint, salt integer, m integer) RETURNS integer LANGUAGE sql IMMUTABLE
  RETURN abs(hashint8(n * 1000 + salt)::bigint) % m;

CREATE TEMPORARY TABLE place AS
SELECT n, country, zone, currency FROM (VALUES
  (0, 'US', 'America/New_York', 'USD'), (1, 'US', 'America/Chicago', 'USD'), (2, 'GB', 'Europe/London', 'GBP'), (3, 'DE', 'Europe/Berlin', 'EUR'), (4, 'FR', 'Europe/Paris', 'EUR')) AS p(n, country, zone, currency);
CREATE TEMPORARY TABLE kase AS
SELECT g.n, pg_temp.id('0001', g.n) AS id, pg_temp.id('0002', g.n) AS relationship, g.n * 4 / 5 AS debtor,
       pg_temp.id('000f', 1 + g.n % :sellers % :factors) AS factor, pg_temp.id('000e', g.n % :sellers) AS seller, g.n % :sellers % :factors AS f, p.country, p.zone, p.currency,
       'accounts@debtor-' || g.n * 4 / 5 || '.example' AS email, pg_temp.dice(g.n, 1, 8) AS age, pg_temp.dice(g.n, 2, 4) AS reminders, pg_temp.dice(g.n, 3, 100) AS kind
  FROM generate_series(0::bigint, :cases - 1) AS g(n) JOIN place p ON p.n = pg_temp.dice(g.n * 4 / 5, 4, 5);

INSERT INTO worlds (id, kind, name, clock_at) VALUES (:'world'::uuid, 'sandbox', 'scale', :'now'::timestamptz);
INSERT INTO organizations (id, world_id, kind, name, legal_type, country, time_zone, email, created_at)
SELECT pg_temp.id('000f', n), :'world'::uuid, 'factor', 'Factor ' || n, 'company', 'GB', 'Europe/London', 'desk@factor-' || n || '.example', :'now'::timestamptz FROM generate_series(1, :factors) AS n
UNION ALL
SELECT pg_temp.id('000e', n), :'world'::uuid, 'seller', 'Seller ' || n, 'company', 'GB', 'Europe/London', 'office@seller-' || n || '.example', :'now'::timestamptz FROM generate_series(0, :sellers - 1) AS n;
INSERT INTO bank_accounts (id, org_id, purpose, currency, holder, country, iban, account_key, created_at)
SELECT pg_temp.id('00ac', f * 10 + c.n), pg_temp.id('000f', f + 1), 'collection', c.currency, 'Factor ' || f, 'GB', 'S' || f || c.currency, 'S' || f || c.currency, :'now'::timestamptz
  FROM generate_series(0, :factors - 1) AS f, (VALUES (0, 'EUR'), (1, 'GBP'), (2, 'USD')) AS c(n, currency);
INSERT INTO statements (id, factor_id, account_id, blob_id, file_sha256, number, from_on, to_on, currency, opening_minor, closing_minor, line_count, loaded_at)
SELECT gen_random_uuid(), a.org_id, a.id, a.id, '', d::date::text, d::date, d::date, a.currency, 0, 0, 0, d + interval '30 hours'
  FROM bank_accounts a, generate_series(:'now'::timestamptz::date - 60, :'now'::timestamptz::date - 1, interval '1 day') AS d WHERE a.id::text LIKE '5ca1e000%';

INSERT INTO debtors (id, world_id, country, name_key) SELECT DISTINCT pg_temp.id('000d', debtor), :'world'::uuid, country, 'DEBTOR ' || debtor FROM kase;
INSERT INTO relationships (id, seller_id, debtor_id, code, name, legal_type, country, contact_name, email, time_zone, terms_days, heads_up, phone, created_at)
SELECT relationship, seller, pg_temp.id('000d', debtor), n::text, 'Debtor ' || debtor, 'company', country, 'Mary Smith', email, zone, 30, pg_temp.dice(n, 5, 4) = 0,
       CASE WHEN pg_temp.dice(n, 6, 2) = 0 THEN '+44 20 7946 ' || lpad((n % 10000)::text, 4, '0') ELSE '' END, :'now'::timestamptz FROM kase;
INSERT INTO cases (id, world_id, factor_id, seller_id, debtor_id, relationship_id, status, next_action_at, waits_for, opened_at)
SELECT id, :'world'::uuid, factor, seller, pg_temp.id('000d', debtor), relationship, 'open', :'now'::timestamptz - make_interval(mins => pg_temp.dice(n, 7, 300)), 'the reminder', :'now'::timestamptz - interval '80 days' FROM kase;

CREATE TEMPORARY TABLE item AS
SELECT k.n * :items + i AS n, pg_temp.id('0003', k.n * :items + i) AS id, k.id AS kase, k.n AS of, i, :'now'::timestamptz::date - 40 + pg_temp.dice(k.n * 100 + i, 8, 90) AS due,
       10000 + pg_temp.dice(k.n * 100 + i, 9, 2000000) AS minor
  FROM kase k, generate_series(0, :items - 1) AS i ORDER BY 1;
INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, issued_on, due_on, due_from_terms, currency, payable_minor, basis_minor, order_reference, summary, status, created_at)
SELECT t.id, k.seller, k.relationship, 'json', '380', 'S-' || t.n, 'S' || t.n, t.due - 30, t.due, false, k.currency, t.minor, t.minor, 'PO ' || t.n, 'goods and services', 'sold', :'now'::timestamptz
  FROM item t JOIN kase k ON k.n = t.of ORDER BY t.n;
INSERT INTO deals (id, world_id, factor_id, seller_id, relationship_id, debtor_id, invoice_id, offer_id, case_id, mandate_id, status, currency, invoice_number, debtor_name, due_on,
  basis_minor, advance_minor, reserve_minor, origination_minor, wire_minor, open_minor, fee_first_days, fee_first_rate, fee_step_days, fee_step_rate, recourse_days, rebate_hold,
  reference, notice_code, operating_account_id, collection_account_id, seller_account_id, funding_date, made_at, issued_on)
SELECT t.id, :'world'::uuid, k.factor, k.seller, k.relationship, pg_temp.id('000d', k.debtor), t.id, t.id, k.id, t.id, 'paid_out', k.currency, 'S-' || t.n, 'Debtor ' || k.debtor, t.due,
       t.minor, t.minor - t.minor / 10, t.minor / 10, 0, 0, t.minor, 30, 0.03, 10, 0.01, 90, 5,
       'RF18SCALE' || t.n, 'AAAA0000', a.id, a.id, a.id, t.due - 29, (t.due - 29)::timestamptz, t.due - 30
  FROM item t JOIN kase k ON k.n = t.of
  JOIN (VALUES ('EUR', 0), ('GBP', 1), ('USD', 2)) AS c(currency, n) ON c.currency = k.currency CROSS JOIN LATERAL (SELECT pg_temp.id('00ac', k.f * 10 + c.n) AS id) a ORDER BY t.n;
INSERT INTO conditions (deal_id, factor_id, seller_id, code, evidence, occurred_at)
SELECT t.id, k.factor, k.seller, c.code, 'made for the benchmark', (t.due - 28)::timestamptz
  FROM item t JOIN kase k ON k.n = t.of, unnest(ARRAY['seller_approved', 'account_proven', 'introduced', 'verified', 'notice_delivered']) AS c(code);

-- A notice, and up to three reminders a week apart, the last of them up to a week ago.
CREATE TEMPORARY TABLE said AS
SELECT k.n * 4 + s AS n, pg_temp.id('0004', k.n * 4 + s) AS id, k.n AS of, s, CASE s WHEN 0 THEN :'now'::timestamptz - interval '50 days' ELSE :'now'::timestamptz - interval '1 minute' - make_interval(days => k.age + 7 * (k.reminders - s)) END AS at
  FROM kase k, generate_series(0, k.reminders) AS s;
INSERT INTO touches (id, world_id, case_id, factor_id, seller_id, relationship_id, cycle, step, class, tone, rung, status, recipient, contact_key, subject, body_text, body_html, why_now, items,
  message_id, claimed_at, sent_at, attempts, outcome, created_at)
SELECT t.id, :'world'::uuid, k.id, k.factor, k.seller, k.relationship, 1, CASE WHEN t.s = 0 THEN 'notice:' || k.id ELSE 'post_due:' || t.s END, CASE WHEN t.s = 0 THEN 'legal_notice' ELSE 'reminder' END, least(t.s, 1),
       CASE t.s WHEN 0 THEN '' WHEN 1 THEN 'did_it_reach_you' ELSE 'how_it_is_made_up' END, 'sent', k.email, phone_key(:'world'::uuid, k.email), 'About your invoices', repeat('What is written in a letter. ', 40), repeat('<p>What is written.</p> ', 100),
       'Because it is due.', ARRAY(SELECT pg_temp.id('0003', k.n * :items + i) FROM generate_series(0, :items - 1) AS i), t.id || '@scale.test', t.at, t.at, 1, 'accepted by the recipient''s mail server', t.at
  FROM said t JOIN kase k ON k.n = t.of ORDER BY t.n;
INSERT INTO contacts_made (world_id, contact_key, touch_id, seller_id, counted, daily, at)
SELECT :'world'::uuid, phone_key(:'world'::uuid, k.email), t.id, k.seller, true, true, t.at FROM said t JOIN kase k ON k.n = t.of;
INSERT INTO gate_decisions (id, case_id, factor_id, seller_id, cycle, step, class, sent, codes, outward, facts, look_again_at, at)
SELECT pg_temp.id('0005', t.n * 2 + g), k.id, k.factor, k.seller, 1, CASE WHEN t.s = 0 THEN 'notice:' || k.id ELSE 'post_due:' || t.s END, CASE WHEN t.s = 0 THEN 'legal_notice' ELSE 'reminder' END,
       g = 1, CASE g WHEN 0 THEN ARRAY['bank_feed_behind'] ELSE '{}' END, CASE g WHEN 0 THEN ARRAY['bank_feed_behind'] ELSE '{}' END, 'statements through the day before', CASE g WHEN 0 THEN t.at END, t.at - make_interval(days => 1 - g)
  FROM said t JOIN kase k ON k.n = t.of, generate_series(CASE WHEN pg_temp.dice(t.n, 10, 3) = 0 THEN 0 ELSE 1 END, 1) AS g;

-- Of a hundred cases eight have promised a part, four dispute one, three asked and were answered,
-- four said that they have paid, one is stopped, one is paused, and a fifth has paid something.
INSERT INTO promises (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, open_before, promised_on, judge_on, made_at)
SELECT pg_temp.id('0006', k.n), k.id, k.factor, k.seller, t.id, 'active', k.currency, t.minor, t.minor, :'now'::timestamptz::date + 5, :'now'::timestamptz::date + 7, :'now'::timestamptz - interval '1 day' FROM kase k JOIN item t ON t.n = k.n * :items WHERE k.kind < 8;
INSERT INTO disputes (id, case_id, factor_id, seller_id, deal_id, status, currency, amount_minor, said, raised_at)
SELECT pg_temp.id('0007', k.n), k.id, k.factor, k.seller, t.id, 'open', k.currency, t.minor, 'it came broken', :'now'::timestamptz - interval '2 days' FROM kase k JOIN item t ON t.n = k.n * :items WHERE k.kind BETWEEN 8 AND 11;
INSERT INTO questions (id, case_id, factor_id, seller_id, said, asked_at, answer, answered_at)
SELECT pg_temp.id('0008', k.n), k.id, k.factor, k.seller, 'which order is this?', :'now'::timestamptz - interval '9 days', '', :'now'::timestamptz - interval '8 days' FROM kase k WHERE k.kind BETWEEN 12 AND 14;
INSERT INTO stops (id, case_id, factor_id, seller_id, code, reason, set_by, set_at)
SELECT pg_temp.id('0009', k.n), k.id, k.factor, k.seller, 'complaint_open', 'a complaint', k.factor, :'now'::timestamptz - interval '1 day' FROM kase k WHERE k.kind = 19;
INSERT INTO pauses (id, case_id, factor_id, seller_id, side, reason, set_by, set_at, until_at)
SELECT pg_temp.id('000a', k.n), k.id, k.factor, k.seller, 'seller', 'we talk to them', k.seller, :'now'::timestamptz - interval '1 day', :'now'::timestamptz + interval '9 days' FROM kase k WHERE k.kind = 20;
INSERT INTO holds (id, case_id, factor_id, seller_id, deal_id, code, amount_minor, until_at, cause_kind, cause_id, created_at)
SELECT pg_temp.id('000b', k.n), k.id, k.factor, k.seller, t.id, c.code, t.minor, :'now'::timestamptz + c.rest, c.cause, pg_temp.id(c.of, k.n), :'now'::timestamptz - interval '1 day'
  FROM kase k JOIN item t ON t.n = k.n * :items
  JOIN (VALUES (0, 7, 'promise_active', interval '8 days', 'promise', '0006'), (8, 11, 'disputed_part', NULL, 'dispute', '0007'), (15, 18, 'paid_or_pending', interval '4 days', 'said', '000b')) AS c(a, b, code, rest, cause, of)
    ON k.kind BETWEEN c.a AND c.b;
INSERT INTO allocations (id, factor_id, seller_id, receipt_id, deal_id, case_id, amount_minor, value_on, applied_at, thanked_by)
SELECT pg_temp.id('000c', k.n), k.factor, k.seller, t.id, t.id, k.id, 5000, :'now'::timestamptz::date - 20, :'now'::timestamptz - interval '19 days', t.id FROM kase k JOIN item t ON t.n = k.n * :items + 1 WHERE k.kind >= 80;
COMMIT;
VACUUM ANALYZE;
CHECKPOINT;
