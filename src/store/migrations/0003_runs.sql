-- The same for each attempt to record a run of an audit, and different for every other run: 32 hexadecimal digits.
ALTER TABLE audits ADD COLUMN uid TEXT;
UPDATE audits SET uid = lower(hex(randomblob(16)));
CREATE UNIQUE INDEX audits_by_uid ON audits (uid);
