-- +goose Up
-- The envelope of plans that need no consent of the seller is a term (D-10): of a mandate, of the
-- offers made under it, and of a deal. What is there keeps the usual one.
ALTER TABLE mandates
  ADD COLUMN envelope_instalments smallint NOT NULL DEFAULT 3 CHECK (envelope_instalments BETWEEN 0 AND 12), -- 0: no plan at all
  ADD COLUMN envelope_days        smallint NOT NULL DEFAULT 30 CHECK (envelope_days BETWEEN 0 AND 90); -- past the due date
ALTER TABLE deals
  ADD COLUMN envelope_instalments smallint NOT NULL DEFAULT 3 CHECK (envelope_instalments BETWEEN 0 AND 12),
  ADD COLUMN envelope_days        smallint NOT NULL DEFAULT 30 CHECK (envelope_days BETWEEN 0 AND 90);
