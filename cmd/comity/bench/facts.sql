-- Answers what the hand-made sale looked like: what pgbench repeats.
SELECT jsonb_build_object(
  'world', :'world'::uuid,
  'factor', d.factor_id, 'mandate', d.mandate_id, 'operating', d.operating_account_id, 'collection', d.collection_account_id,
  'users', (SELECT jsonb_agg(u.id ORDER BY array_position(:'sellers'::uuid[], u.org_id)) FROM users u WHERE u.org_id = ANY (:'sellers'::uuid[])),
  'payouts', (SELECT jsonb_agg(a.id ORDER BY array_position(:'sellers'::uuid[], a.org_id)) FROM bank_accounts a WHERE a.org_id = ANY (:'sellers'::uuid[])),
  'now', d.made_at, 'currency', d.currency, 'due', d.due_on,
  'basis', d.basis_minor, 'advance', d.advance_minor, 'reserve', d.reserve_minor, 'origination', d.origination_minor, 'wire', d.wire_minor,
  'first_days', d.fee_first_days, 'first_rate', d.fee_first_rate::text, 'step_days', d.fee_step_days, 'step_rate', d.fee_step_rate::text,
  'recourse_days', d.recourse_days, 'rebate_hold', d.rebate_hold, 'envelope_instalments', d.envelope_instalments, 'envelope_days', d.envelope_days, 'notice_code', d.notice_code,
  'model', k.model, 'inputs', encode(k.inputs, 'hex'), 'result', encode(k.result, 'hex'),
  'terms', encode(o.terms, 'hex'), 'terms_now', o.now_minor, 'expires', o.expires_at,
  'submit_answer', (SELECT encode(a.body, 'hex') FROM idempotency a WHERE a.scope_id = d.seller_id AND a.route LIKE '%/submit'),
  'accept_answer', (SELECT encode(a.body, 'hex') FROM idempotency a WHERE a.scope_id = d.seller_id AND a.route LIKE '%/accept'),
  'journals', (SELECT jsonb_agg(jsonb_build_object('kind', j.kind, 'effective', j.effective_on, 'postings',
                 (SELECT jsonb_agg(jsonb_build_object('account', p.account, 'minor', p.amount_minor) ORDER BY p.n) FROM postings p WHERE p.journal_id = j.id)) ORDER BY j.id)
                 FROM journals j WHERE j.deal_id = d.id))
  FROM deals d JOIN offers o ON o.id = d.offer_id JOIN decisions k ON k.id = o.decision_id
 WHERE d.invoice_id = :'template'::uuid;
