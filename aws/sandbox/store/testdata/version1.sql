-- The sandbox's state. Times are whole milliseconds since 1970 on the sandbox's clock; *_json columns hold
-- JSON text. Each section belongs to one service area; other areas may read it and write to it through
-- that area's functions only.

-- account-wide settings by name: indexing configuration, package configuration, clock high-water mark
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tags (
    arn   TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
) WITHOUT ROWID;

-- iot: registry
CREATE TABLE thing_types (
    name          TEXT PRIMARY KEY,
    id            TEXT NOT NULL,
    props_json    TEXT NOT NULL,             -- types.ThingTypeProperties
    created_at    INTEGER NOT NULL,
    deprecated_at INTEGER                    -- NULL: not deprecated
) WITHOUT ROWID;

CREATE TABLE things (
    name            TEXT PRIMARY KEY,
    id              TEXT NOT NULL,
    type            TEXT,                    -- thing_types.name or NULL
    attributes_json TEXT NOT NULL,           -- object of strings
    billing_group   TEXT,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX things_by_type ON things (type, name);

CREATE TABLE thing_groups (
    name          TEXT PRIMARY KEY,
    id            TEXT NOT NULL,
    parent        TEXT,
    props_json    TEXT NOT NULL,             -- {"description":..,"attributes":{..}}
    version       INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    query         TEXT,                      -- dynamic groups only
    query_version TEXT,
    index_name    TEXT,
    status        TEXT
) WITHOUT ROWID;
CREATE INDEX thing_groups_by_parent ON thing_groups (parent, name);

CREATE TABLE group_members (
    group_name TEXT NOT NULL,
    thing_name TEXT NOT NULL,
    PRIMARY KEY (group_name, thing_name)
) WITHOUT ROWID;
CREATE INDEX group_members_by_thing ON group_members (thing_name, group_name);

CREATE TABLE thing_principals (
    thing_name TEXT NOT NULL,
    principal  TEXT NOT NULL,                -- an ARN
    kind       TEXT NOT NULL,                -- EXCLUSIVE_THING or NON_EXCLUSIVE_THING
    PRIMARY KEY (thing_name, principal)
) WITHOUT ROWID;
CREATE INDEX thing_principals_by_principal ON thing_principals (principal, thing_name);

-- shadow: classic shadows have the name ''. A deleted shadow stays as a tombstone, since its version goes on.
CREATE TABLE shadows (
    thing_name    TEXT NOT NULL,
    name          TEXT NOT NULL,
    state_json    TEXT,                      -- {"desired":..,"reported":..,"delta":..}; NULL: deleted
    metadata_json TEXT,
    version       INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (thing_name, name)
) WITHOUT ROWID;

-- packages
CREATE TABLE packages (
    name            TEXT PRIMARY KEY,
    description     TEXT,
    default_version TEXT,
    created_at      INTEGER NOT NULL,
    modified_at     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE package_versions (
    package         TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT,
    attributes_json TEXT NOT NULL,           -- object of strings
    artifact_json   TEXT,                    -- {"bucket":..,"key":..,"version":..} or NULL
    recipe          TEXT,
    status          TEXT NOT NULL,           -- DRAFT, PUBLISHED, DEPRECATED
    created_at      INTEGER NOT NULL,
    modified_at     INTEGER NOT NULL,
    PRIMARY KEY (package, name)
) WITHOUT ROWID;

-- answers already given to a client token; a repeat gets the same answer
CREATE TABLE client_tokens (
    operation TEXT NOT NULL,
    token     TEXT NOT NULL,
    request   TEXT NOT NULL,                 -- a digest, to tell a repeat from a reuse
    answer    TEXT NOT NULL,
    given_at  INTEGER NOT NULL,
    PRIMARY KEY (operation, token)
) WITHOUT ROWID;
CREATE INDEX client_tokens_by_age ON client_tokens (given_at);

-- jobs. The documents come last: reading the columns before them then never touches their pages.
CREATE TABLE jobs (
    id                TEXT PRIMARY KEY,
    status            TEXT NOT NULL,         -- types.JobStatus
    target_selection  TEXT NOT NULL,         -- SNAPSHOT or CONTINUOUS
    timeout_minutes   INTEGER,               -- in-progress timer of executions that start from now on; NULL: none
    packages_json     TEXT,                  -- [{"package":..,"version":..}], $default resolved; NULL: none
    comment           TEXT,
    reason_code       TEXT,
    force_canceled    INTEGER NOT NULL DEFAULT 0,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    completed_at      INTEGER,
    request_json      TEXT NOT NULL,         -- what CreateJob was given and UpdateJob changed, without the document
    document          TEXT NOT NULL,         -- package attributes resolved, presign placeholders not
    source_document   TEXT NOT NULL          -- as it was given
) WITHOUT ROWID;
CREATE INDEX jobs_by_creation ON jobs (created_at, id);

CREATE TABLE job_targets (
    job_id TEXT NOT NULL,
    kind   TEXT NOT NULL,                    -- thing or thinggroup
    name   TEXT NOT NULL,
    PRIMARY KEY (job_id, kind, name)
) WITHOUT ROWID;
CREATE INDEX job_targets_by_name ON job_targets (kind, name, job_id);

CREATE TABLE executions (
    job_id       TEXT NOT NULL,
    thing_name   TEXT NOT NULL,
    number       INTEGER NOT NULL,           -- execution number, 1 for the first
    status       TEXT NOT NULL,              -- types.JobExecutionStatus
    details_json TEXT,                       -- object of strings
    version      INTEGER NOT NULL,
    queued_at    INTEGER NOT NULL,
    started_at   INTEGER,
    updated_at   INTEGER NOT NULL,
    timeout_at   INTEGER,                    -- in-progress timer, absolute
    step_at      INTEGER,                    -- step timer, absolute
    forced       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, thing_name, number)
) WITHOUT ROWID;
CREATE INDEX executions_by_thing ON executions (thing_name, status, queued_at, job_id);
CREATE INDEX executions_by_status ON executions (job_id, status, thing_name);
CREATE INDEX executions_by_timer ON executions (timeout_at) WHERE timeout_at IS NOT NULL;
CREATE INDEX executions_by_step ON executions (step_at) WHERE step_at IS NOT NULL;

-- s3
CREATE TABLE buckets (
    name           TEXT PRIMARY KEY,
    region         TEXT NOT NULL,
    versioning     TEXT NOT NULL DEFAULT '', -- '', Enabled or Suspended
    created_at     INTEGER NOT NULL,
    settings_json  TEXT NOT NULL DEFAULT '{}' -- sub-resources kept as they were put
) WITHOUT ROWID;

CREATE TABLE objects (
    seq           INTEGER PRIMARY KEY,       -- newest version has the highest
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    version       TEXT NOT NULL,             -- 'null' in a bucket that was never versioned
    delete_marker INTEGER NOT NULL DEFAULT 0,
    body          INTEGER NOT NULL DEFAULT 0, -- chunks.body; 0: nothing stored
    size          INTEGER NOT NULL DEFAULT 0,
    etag          TEXT NOT NULL DEFAULT '',  -- without the quotes
    metadata_json TEXT NOT NULL DEFAULT '{}', -- response headers by canonical name
    tags_json     TEXT NOT NULL DEFAULT '[]', -- list of key and value
    modified_at   INTEGER NOT NULL,
    UNIQUE (bucket, key, version)
);
CREATE INDEX objects_latest ON objects (bucket, key, seq DESC);

-- contents in pieces, so that neither writing nor reading a large object holds it in memory
CREATE TABLE chunks (
    body   INTEGER NOT NULL,                 -- a random number, one for each content
    offset INTEGER NOT NULL,                 -- of the first byte of data
    data   BLOB NOT NULL,
    PRIMARY KEY (body, offset)
);

CREATE TABLE uploads (                       -- multipart uploads under way
    id            TEXT PRIMARY KEY,
    bucket        TEXT NOT NULL,
    key           TEXT NOT NULL,
    metadata_json TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_key ON uploads (bucket, key, id);

CREATE TABLE upload_parts (
    upload_id   TEXT NOT NULL,
    number      INTEGER NOT NULL,
    body        INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    etag        TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;

-- iam: role and policy names are unique without regard to case
CREATE TABLE roles (
    name         TEXT PRIMARY KEY COLLATE NOCASE,
    id           TEXT NOT NULL,
    path         TEXT NOT NULL,
    trust        TEXT NOT NULL,
    description  TEXT,
    boundary     TEXT, -- ARN of the permissions boundary
    max_session  INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE role_policies (
    role     TEXT NOT NULL COLLATE NOCASE,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (role, name)
) WITHOUT ROWID;

CREATE TABLE role_attachments (
    role       TEXT NOT NULL COLLATE NOCASE,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (role, policy_arn)
) WITHOUT ROWID;
