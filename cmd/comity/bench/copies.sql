-- Copies the invoice that was sold by hand, as the owner: :count drafts from
-- number :first on, or, with :offered, invoices with one open offer each.
CREATE TEMPORARY TABLE copy AS
SELECT n, (:'run' || '-7001-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS invoice,
       (:'run' || '-7002-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS decision,
       (:'run' || '-7003-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS offer,
       (:'run' || '-7100-8000-' || lpad(to_hex(n % :clients * :relationships + n / :clients % :relationships), 12, '0'))::uuid AS relationship
  FROM generate_series(:first::bigint, :first::bigint + :count - 1) AS n;

INSERT INTO invoices (id, seller_id, relationship_id, source, type_code, number, number_key, supplier_tax_id, issued_on, due_on, due_from_terms, currency,
  payable_minor, basis_minor, order_reference, summary, status, version, created_at)
SELECT c.invoice, r.seller_id, r.id, i.source, i.type_code, 'B-' || c.n, 'b' || c.n, i.supplier_tax_id, i.issued_on, i.due_on, i.due_from_terms, i.currency,
       i.payable_minor, i.basis_minor, i.order_reference, i.summary, CASE WHEN :offered THEN 'offered' ELSE 'draft' END, CASE WHEN :offered THEN 2 ELSE 1 END, i.created_at
  FROM copy c JOIN relationships r ON r.id = c.relationship CROSS JOIN invoices i
 WHERE i.id = :'template'::uuid ORDER BY c.n;

INSERT INTO fingerprints (world_id, digest, invoice_id, seller_id)
SELECT f.world_id, sha256(f.digest || int8send(c.n)), c.invoice, r.seller_id
  FROM copy c JOIN relationships r ON r.id = c.relationship CROSS JOIN fingerprints f
 WHERE f.invoice_id = :'template'::uuid;

INSERT INTO decisions (id, seller_id, invoice_id, model, outcome, inputs, result, decided_at)
SELECT c.decision, r.seller_id, c.invoice, d.model, d.outcome, d.inputs, d.result, d.decided_at
  FROM copy c JOIN relationships r ON r.id = c.relationship CROSS JOIN decisions d
 WHERE :offered AND d.invoice_id = :'template'::uuid ORDER BY c.n;

INSERT INTO offers (id, factor_id, seller_id, invoice_id, mandate_id, decision_id, status, currency, terms, now_minor, made_at, expires_at)
SELECT c.offer, o.factor_id, r.seller_id, c.invoice, o.mandate_id, c.decision, 'open', o.currency, o.terms, o.now_minor, o.made_at, o.expires_at
  FROM copy c JOIN relationships r ON r.id = c.relationship CROSS JOIN offers o
 WHERE :offered AND o.invoice_id = :'template'::uuid ORDER BY c.n;

DROP TABLE copy;
VACUUM ANALYZE;
CHECKPOINT;
