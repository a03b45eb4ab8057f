-- The same for each attempt to record a run of an audit, and different for every other run: 32 hexadecimal digits.
ALTER TABLE audits ADD COLUMN uid TEXT;
UPDATE audits SET uid = lower(hex(randomblob(16)));
CREATE UNIQUE INDEX audits_by_uid ON audits (uid);

-- What was asked for: the same for audits of the same accounts, Regions and checks.
ALTER TABLE audits ADD COLUMN asked TEXT NOT NULL DEFAULT '';
CREATE INDEX audits_by_asked ON audits (asked, id);
