-- Whether an audit looked only at what events said to have changed.
ALTER TABLE scopes ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
