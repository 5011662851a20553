"""The tables of the store, and the number of their layout."""

from typing import Final

LAYOUT: Final = 10
"""Number of the tables' layout; a file of another number is folded anew."""

TABLES: Final = """
CREATE TABLE positions (
    partition INTEGER PRIMARY KEY CHECK (partition BETWEEN 0 AND 11),
    next_offset INTEGER NOT NULL CHECK (next_offset >= 0), newest_ms INTEGER NOT NULL CHECK (newest_ms >= 0)
) STRICT;
-- What the log has said of every id ever (shared.articles.Standing), and why it is gone. Changes are numbered
-- as they come, so that what follows this file (adapters/search) can tell what it has not seen yet.
CREATE TABLE standings (
    id TEXT PRIMARY KEY, standing TEXT NOT NULL,
    reason TEXT CHECK (reason IN ('legal', 'licence', 'error', 'other')),
    public_note TEXT,
    withdrawn_us INTEGER CHECK (withdrawn_us BETWEEN -62135596800000000 AND 253402300799999999),
    change INTEGER NOT NULL CHECK (change BETWEEN 1 AND 1 << 60)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX changes ON standings (change);
-- Which file this is; one begun anew is another, and its changes are numbered from 1. And whether a text of
-- it may lie in the archive alone.
CREATE TABLE origin (name TEXT NOT NULL, let_go INTEGER NOT NULL) STRICT;
INSERT INTO origin VALUES (lower(hex(randomblob(8))), 0);
-- The texts that stand. Times are Unix microseconds; NULL where an article has no such time.
CREATE TABLE articles (
    id TEXT PRIMARY KEY, section TEXT NOT NULL CHECK (section <> ''), one_name TEXT NOT NULL,
    series TEXT CHECK (series <> ''),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    embargo_us INTEGER CHECK (embargo_us BETWEEN -62135596800000000 AND 253402300799999999),
    expires_us INTEGER CHECK (expires_us BETWEEN -62135596800000000 AND 253402300799999999),
    may_be_hot INTEGER NOT NULL, is_foreign INTEGER NOT NULL,
    modified_us INTEGER NOT NULL CHECK (modified_us BETWEEN -62135596800000000 AND 253402300799999999),
    -- as it is in the log; or, where `archived` is the checksum of that, what lists show of it, packed
    text BLOB NOT NULL, checksum INTEGER NOT NULL, archived INTEGER
) STRICT;
CREATE INDEX whole ON articles (published_us, id) WHERE archived IS NULL;
-- Former addresses of the texts that stand, and of those withdrawn (core/articles/aliases.py).
CREATE TABLE aliases (
    key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 2048),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    id TEXT NOT NULL, PRIMARY KEY (key, published_us, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_of ON aliases (id);
CREATE INDEX newest ON articles (published_us, id, embargo_us, expires_us, may_be_hot, modified_us);
CREATE INDEX of_section ON articles (one_name, published_us, id, embargo_us, expires_us);
CREATE INDEX spellings
    ON articles (one_name, max(published_us, coalesce(embargo_us, published_us)), id, section);
CREATE INDEX of_series ON articles (series, published_us, id, embargo_us, expires_us)
    WHERE series IS NOT NULL;
CREATE INDEX embargoes ON articles (embargo_us, id, one_name) WHERE embargo_us IS NOT NULL;
CREATE INDEX expiries ON articles (expires_us, id, one_name) WHERE expires_us IS NOT NULL;
-- What the desk has featured (front.py), and how far desk.v1 is folded. Of a slot the article with the
-- highest `put_at`, an offset, was put there last (-1: never). `input_…`: where its last action's input lay.
CREATE TABLE front (
    slot TEXT NOT NULL, article TEXT NOT NULL, featured INTEGER NOT NULL CHECK (featured IN (0, 1)),
    until_us INTEGER CHECK (until_us BETWEEN -62135596800000000 AND 253402300799999999),
    put_at INTEGER NOT NULL CHECK (put_at >= -1), input_ms INTEGER, input_offset INTEGER,
    PRIMARY KEY (slot, article)
) STRICT, WITHOUT ROWID;
CREATE TABLE front_position (
    partition INTEGER PRIMARY KEY CHECK (partition = 0),
    next_offset INTEGER NOT NULL CHECK (next_offset >= 0), newest_ms INTEGER NOT NULL CHECK (newest_ms >= 0)
) STRICT;
-- The topics of the texts that stand, each with its newest articles (core/articles/related.py).
CREATE TABLE topics (
    topic TEXT NOT NULL CHECK (topic <> ''),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    id TEXT NOT NULL, PRIMARY KEY (topic, published_us, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX topics_of ON topics (id);
"""
