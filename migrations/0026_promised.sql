-- +goose Up
-- Whose word a promise is (D-18): whom the link was sent to, on whose page it was made, and whether
-- the code of the notice had been typed on that link. What was promised before is told to nobody now.
ALTER TABLE promises
  ADD COLUMN recipient text NOT NULL DEFAULT '', -- '': it was said to a person
  ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
