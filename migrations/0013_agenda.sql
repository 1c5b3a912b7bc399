-- +goose Up
-- The agenda: cases that are due are looked at by the thousand, and most of them only wait.

-- The day of the invoice is one of the terms of what was bought, as the due date is.
ALTER TABLE deals ADD COLUMN issued_on date;
UPDATE deals d SET issued_on = i.issued_on FROM invoices i WHERE i.id = d.invoice_id;
ALTER TABLE deals ALTER COLUMN issued_on SET NOT NULL;
-- What is followed up in a case, without the years of what was settled in it.
CREATE INDEX deals_followed ON deals (case_id) WHERE status IN ('made', 'paid_out');
-- The few deals whose debtor was not told yet.
CREATE INDEX conditions_untold ON conditions (deal_id) WHERE code = 'notice_delivered' AND occurred_at IS NULL;
-- What a letter said is read once in a while, what is known about it at every look.
ALTER TABLE touches SET (toast_tuple_target = 256);
-- Row-level security lets the planner expect one due case where there are thousands, and read
-- and sort them all to return the first few.
ALTER FUNCTION due(uuid, timestamptz, integer) SET enable_bitmapscan = off;
