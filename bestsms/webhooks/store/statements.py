"""The statements that SQLite and PostgreSQL share; a parameter is written ``:name``."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BACK",
    "CLAIM",
    "CLAIMED",
    "COUNTS",
    "DEAD",
    "DONE",
    "EXPIRED",
    "FIND",
    "INDEXES",
    "OVERTAKE",
    "PRUNE",
    "PUT",
    "TABLE",
]

# ``due`` is when a pending event may run and when the lease of a running one ends; the rows that
# have none are closed. Both kinds of rows have an index of their own, so that no question about
# the few open ones costs more with the many closed ones.
TABLE: Final = """
CREATE TABLE IF NOT EXISTS bestsms_webhooks (
    seq        {sequence},
    key        TEXT NOT NULL UNIQUE,
    event      TEXT NOT NULL,
    subject    TEXT,
    final      INTEGER NOT NULL,
    event_time DOUBLE PRECISION,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    arrived    DOUBLE PRECISION NOT NULL,
    changed    DOUBLE PRECISION NOT NULL,
    due        DOUBLE PRECISION,
    claim      TEXT,
    error      TEXT
);
"""
INDEXES: Final = """
CREATE INDEX IF NOT EXISTS bestsms_webhooks_open
    ON bestsms_webhooks (state, due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS bestsms_webhooks_closed
    ON bestsms_webhooks (state, changed) WHERE due IS NULL;
CREATE INDEX IF NOT EXISTS bestsms_webhooks_subjects
    ON bestsms_webhooks (subject) WHERE subject IS NOT NULL;
"""

# A state is overtaken by a final one if it is not final; among equals, by one of a later time. The
# time is of the sending, not of the report (T96), so one message's are mostly the same: then what
# came later is later.
PUT: Final = """
INSERT INTO bestsms_webhooks
    (key, event, subject, final, event_time, state, arrived, changed, due)
SELECT :key, :event, :subject, :final, CAST(:event_time AS DOUBLE PRECISION),
       new.state, :now, :now, CASE new.state WHEN 'pending' THEN :now END
FROM (SELECT CASE WHEN EXISTS (
        SELECT 1 FROM bestsms_webhooks AS other
        WHERE other.subject = :subject
          AND (other.final > :final OR (other.final = :final AND other.event_time > :event_time))
    ) THEN 'superseded' ELSE 'pending' END AS state) AS new
WHERE (SELECT count(*) FROM bestsms_webhooks WHERE due IS NOT NULL) < :max_backlog
ON CONFLICT (key) DO NOTHING
"""
OVERTAKE: Final = """
UPDATE bestsms_webhooks SET state = 'superseded', due = NULL, changed = :now
WHERE subject = :subject AND state = 'pending' AND final = 0
"""
FIND: Final = "SELECT state, claim, attempts FROM bestsms_webhooks WHERE key = :key"

# What is due after ``:latest`` was put there by a clock that was set back since: it is due now.
EXPIRED: Final = """
SELECT key, attempts FROM bestsms_webhooks
WHERE state = 'running' AND due IS NOT NULL AND (due < :now OR due > :latest)
"""
# The states are named for PostgreSQL's sake: it knows how many rows have them, and not how many of
# those that are due, and would go through all of these for each.
CLAIM: Final = """
UPDATE bestsms_webhooks
SET state = 'running', attempts = attempts + 1, claim = :claim, due = :until, changed = :now
WHERE seq IN (
    SELECT one.seq FROM bestsms_webhooks AS one
    WHERE one.state = 'pending' AND (one.due <= :now OR one.due > :latest) AND NOT EXISTS (
        SELECT 1 FROM bestsms_webhooks AS other
        WHERE other.subject = one.subject AND other.state IN ('pending', 'running')
          AND other.seq < one.seq
    )
    ORDER BY one.due, one.seq LIMIT :most
)
"""
CLAIMED: Final = """
SELECT key, event, attempts FROM bestsms_webhooks
WHERE state = 'running' AND due IS NOT NULL AND claim = :claim ORDER BY seq
"""
DONE: Final = """
UPDATE bestsms_webhooks
SET state = 'done', due = NULL, changed = :now, error = NULL
WHERE key = :key AND claim = :claim AND due IS NOT NULL
"""
# What a crash or a failure held up may be overtaken meanwhile, and what was dead long ago too.
_OVERTAKEN: Final = """EXISTS (
    SELECT 1 FROM bestsms_webhooks AS other
    WHERE other.subject = bestsms_webhooks.subject AND (
        other.final > bestsms_webhooks.final
        OR (other.final = bestsms_webhooks.final AND other.seq > bestsms_webhooks.seq
            AND other.state IN ('running', 'done')))
)"""
BACK: Final = f"""
UPDATE bestsms_webhooks
SET state = CASE WHEN {_OVERTAKEN} THEN 'superseded' ELSE :state END,
    due = CASE WHEN {_OVERTAKEN} THEN NULL ELSE CAST(:due AS DOUBLE PRECISION) END,
    attempts = :attempts, changed = :now, error = COALESCE(:error, error)
WHERE key = :key
"""  # noqa: S608 - texts of ours
COUNTS: Final = """
SELECT state, count(*) FROM bestsms_webhooks WHERE due IS NOT NULL GROUP BY state
UNION ALL
SELECT state, count(*) FROM bestsms_webhooks WHERE due IS NULL GROUP BY state
"""
DEAD: Final = """
SELECT key, event, attempts, error, arrived, changed FROM bestsms_webhooks
WHERE state = 'dead' AND due IS NULL ORDER BY seq LIMIT :most
"""
PRUNE: Final = """
DELETE FROM bestsms_webhooks WHERE seq IN (
    SELECT seq FROM bestsms_webhooks
    WHERE due IS NULL AND state IN ('done', 'superseded') AND changed < :oldest LIMIT :most
)
"""
