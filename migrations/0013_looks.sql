-- +goose Up
-- What every look at a case reads, found without reading what belongs to others: when money
-- came last for it, and what its debtor owes to its factor.
CREATE INDEX allocations_came ON allocations (case_id, applied_at) WHERE undone_at IS NULL;
CREATE INDEX deals_owed ON deals (factor_id, debtor_id) WHERE status IN ('made', 'paid_out');
