-- +goose Up
-- The letter with which a natural person can check what is asked of it, where the notice did not say so (D-27).
ALTER TABLE touches DROP CONSTRAINT touches_class_check;
ALTER TABLE touches ADD CONSTRAINT touches_class_check CHECK (class IN ('heads_up', 'reminder', 'legal_notice', 'answer', 'receipt', 'thank_you', 'call', 'instalment', 'release',
  'prior_notice', 'protective_notice', 'validation'));
