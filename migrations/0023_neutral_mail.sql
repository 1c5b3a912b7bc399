-- +goose Up
-- What waits for the neutral of a mediation (F-79): such an event is nobody else's, names no
-- party, deal or case, and is read by workers only, who mail it.
ALTER TABLE events ADD COLUMN mediator_id uuid;
ALTER TABLE events ADD CONSTRAINT events_neutral CHECK (mediator_id IS NULL OR (factor_id IS NULL AND seller_id IS NULL AND deal_id IS NULL AND case_id IS NULL));
ALTER POLICY platform ON events USING (app_scope() = 'platform' AND factor_id IS NULL AND seller_id IS NULL AND mediator_id IS NULL);
