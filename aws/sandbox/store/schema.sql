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
    status        TEXT,                      -- ACTIVE, BUILDING or REBUILDING
    childless_at  INTEGER                    -- its last child was deleted, and counts until then; NULL: never
) WITHOUT ROWID;
CREATE INDEX thing_groups_by_parent ON thing_groups (parent, name);
CREATE INDEX thing_groups_by_query ON thing_groups (created_at, name) WHERE query IS NOT NULL;

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

-- things that count as attached to a principal for a while after it was detached
CREATE TABLE thing_detachments (
    thing_name TEXT PRIMARY KEY,
    free_at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE certificates (
    id          TEXT PRIMARY KEY,            -- SHA-256 of the DER form, in hex
    status      TEXT NOT NULL,               -- types.CertificateStatus
    generation  TEXT NOT NULL,               -- a UUID
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    pem         TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX certificates_by_creation ON certificates (created_at, id);

-- the policies of AWS IoT, which are not those of IAM
CREATE TABLE iot_policies (
    name            TEXT PRIMARY KEY,
    generation      TEXT NOT NULL,           -- a UUID
    default_version INTEGER NOT NULL,
    last_version    INTEGER NOT NULL,        -- the highest ever given; numbers are not used again
    created_at      INTEGER NOT NULL,
    modified_at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX iot_policies_by_creation ON iot_policies (created_at, name);

CREATE TABLE iot_policy_versions (
    policy     TEXT NOT NULL,
    number     INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (policy, number)
) WITHOUT ROWID;

CREATE TABLE iot_policy_targets (
    policy TEXT NOT NULL,
    kind   TEXT NOT NULL,                    -- cert, thinggroup or cognito
    name   TEXT NOT NULL,
    PRIMARY KEY (policy, kind, name)
) WITHOUT ROWID;
CREATE INDEX iot_policy_targets_by_target ON iot_policy_targets (kind, name, policy);

CREATE TRIGGER thing_groups_drop_policies AFTER DELETE ON thing_groups BEGIN
    DELETE FROM iot_policy_targets WHERE kind='thinggroup' AND name=OLD.name;
END;

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

-- index: what the fleet index has seen of things, their groups and shadows, in the shape of the tables that it follows
CREATE TABLE ix_status (                     -- the indices that are on
    name   TEXT PRIMARY KEY,                 -- AWS_Things or AWS_ThingGroups
    status TEXT NOT NULL,                    -- BUILDING, REBUILDING or ACTIVE
    due_at INTEGER NOT NULL,                 -- not built before
    cursor TEXT NOT NULL DEFAULT ''          -- the last name that the build has reached
) WITHOUT ROWID;

CREATE TABLE ix_things (
    name            TEXT PRIMARY KEY,
    id              TEXT NOT NULL,
    type            TEXT,
    attributes_json TEXT NOT NULL,
    version         INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE ix_members (                    -- billing groups, too
    thing_name TEXT NOT NULL,
    group_name TEXT NOT NULL,
    PRIMARY KEY (thing_name, group_name)
) WITHOUT ROWID;

CREATE TABLE ix_shadows (                    -- those that are indexed
    thing_name    TEXT NOT NULL,
    name          TEXT NOT NULL,
    state_json    TEXT NOT NULL,
    metadata_json TEXT NOT NULL,
    version       INTEGER NOT NULL,
    PRIMARY KEY (thing_name, name)
) WITHOUT ROWID;

CREATE TABLE ix_groups (
    name       TEXT PRIMARY KEY,
    id         TEXT NOT NULL,
    parent     TEXT,
    props_json TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX ix_groups_by_parent ON ix_groups (parent, name);

-- what has changed since, oldest first. Adding at the end is all that a change costs its writer.
CREATE TABLE ix_changes (
    seq  INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                      -- thing or group
    name TEXT NOT NULL,
    turn INTEGER NOT NULL DEFAULT 0          -- how many changes of dynamic groups led to it
);

CREATE TABLE ix_batch (                      -- what is being followed; empty between transactions
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;

CREATE TABLE ix_dynamic_builds (             -- dynamic groups that the whole fleet has to be held against
    group_name TEXT PRIMARY KEY,
    due_at     INTEGER NOT NULL,
    cursor     TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TRIGGER ix_thing_created AFTER INSERT ON things WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',new.name); END;
CREATE TRIGGER ix_thing_updated AFTER UPDATE ON things WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',new.name); END;
CREATE TRIGGER ix_thing_deleted AFTER DELETE ON things WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',old.name); END;
CREATE TRIGGER ix_member_added AFTER INSERT ON group_members WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',new.thing_name); END;
CREATE TRIGGER ix_member_removed AFTER DELETE ON group_members WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',old.thing_name); END;
CREATE TRIGGER ix_shadow_created AFTER INSERT ON shadows WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',new.thing_name); END;
CREATE TRIGGER ix_shadow_updated AFTER UPDATE ON shadows WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',new.thing_name); END;
CREATE TRIGGER ix_shadow_deleted AFTER DELETE ON shadows WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_Things')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('thing',old.thing_name); END;
CREATE TRIGGER ix_group_created AFTER INSERT ON thing_groups WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_ThingGroups')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('group',new.name); END;
CREATE TRIGGER ix_group_updated AFTER UPDATE OF props_json ON thing_groups WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_ThingGroups')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('group',new.name); END;
CREATE TRIGGER ix_group_deleted AFTER DELETE ON thing_groups WHEN EXISTS(SELECT 1 FROM ix_status WHERE name='AWS_ThingGroups')
BEGIN INSERT INTO ix_changes(kind,name) VALUES('group',old.name); END;

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
CREATE INDEX jobs_continuous ON jobs (id) WHERE target_selection='CONTINUOUS' AND completed_at IS NULL;

CREATE TABLE job_templates (
    id            TEXT PRIMARY KEY,
    description   TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    settings_json TEXT NOT NULL,             -- what it gives to its jobs besides the document
    document      TEXT NOT NULL              -- as it was given
) WITHOUT ROWID;

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
    attempt      INTEGER NOT NULL DEFAULT 0, -- 0, or which retry it is
    PRIMARY KEY (job_id, thing_name, number)
) WITHOUT ROWID;
CREATE INDEX executions_by_thing ON executions (thing_name, queued_at, job_id); -- without the status: it would move with each update
CREATE INDEX executions_by_status ON executions (job_id, status, thing_name);
CREATE INDEX executions_by_deadline ON executions (coalesce(step_at, timeout_at), job_id)
    WHERE coalesce(step_at, timeout_at) IS NOT NULL; -- a step timer never outlives the in-progress timer

-- how far a job has come: executions by status, kept by the triggers below, and what it does next by itself
CREATE TABLE job_progress (
    job_id      TEXT PRIMARY KEY,
    queued      INTEGER NOT NULL DEFAULT 0,
    in_progress INTEGER NOT NULL DEFAULT 0,
    succeeded   INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    rejected    INTEGER NOT NULL DEFAULT 0,
    timed_out   INTEGER NOT NULL DEFAULT 0,
    removed     INTEGER NOT NULL DEFAULT 0,
    canceled    INTEGER NOT NULL DEFAULT 0,
    notified    INTEGER NOT NULL DEFAULT 0,  -- executions ever made
    watched     INTEGER NOT NULL DEFAULT 0,  -- has criteria to retry or to abort
    scheduled   INTEGER NOT NULL DEFAULT 0,  -- has a schedulingConfig
    open        INTEGER NOT NULL DEFAULT 1,  -- may notify: has started and is in no pause between windows
    rolling     INTEGER NOT NULL DEFAULT 0,  -- has still to notify members, or has not begun to
    ended       INTEGER NOT NULL DEFAULT 0,  -- its endTime has passed
    next_us     INTEGER NOT NULL DEFAULT 0,  -- the next member is notified then, in microseconds
    start_at    INTEGER,                     -- startTime, until it has come
    window_at   INTEGER,                     -- a maintenance window opens or closes
    end_at      INTEGER,                     -- endTime, until it has come
    cancel_at   INTEGER,                     -- its executions are canceled
    delete_at   INTEGER,                     -- it is deleted
    due_at      INTEGER                      -- the first of these; NULL: nothing happens by itself
) WITHOUT ROWID;
CREATE INDEX job_progress_by_due ON job_progress (due_at) WHERE due_at IS NOT NULL;

CREATE TRIGGER executions_made AFTER INSERT ON executions BEGIN
    UPDATE job_progress SET notified=notified+1,
        queued=queued+(NEW.status='QUEUED'), in_progress=in_progress+(NEW.status='IN_PROGRESS'),
        succeeded=succeeded+(NEW.status='SUCCEEDED'), failed=failed+(NEW.status='FAILED'),
        rejected=rejected+(NEW.status='REJECTED'), timed_out=timed_out+(NEW.status='TIMED_OUT'),
        removed=removed+(NEW.status='REMOVED'), canceled=canceled+(NEW.status='CANCELED')
        WHERE job_id=NEW.job_id;
END;
CREATE TRIGGER executions_turned AFTER UPDATE OF status ON executions WHEN OLD.status<>NEW.status BEGIN
    UPDATE job_progress SET
        queued=queued+(NEW.status='QUEUED')-(OLD.status='QUEUED'),
        in_progress=in_progress+(NEW.status='IN_PROGRESS')-(OLD.status='IN_PROGRESS'),
        succeeded=succeeded+(NEW.status='SUCCEEDED')-(OLD.status='SUCCEEDED'),
        failed=failed+(NEW.status='FAILED')-(OLD.status='FAILED'),
        rejected=rejected+(NEW.status='REJECTED')-(OLD.status='REJECTED'),
        timed_out=timed_out+(NEW.status='TIMED_OUT')-(OLD.status='TIMED_OUT'),
        removed=removed+(NEW.status='REMOVED')-(OLD.status='REMOVED'),
        canceled=canceled+(NEW.status='CANCELED')-(OLD.status='CANCELED')
        WHERE job_id=NEW.job_id;
END;
CREATE TRIGGER executions_gone AFTER DELETE ON executions BEGIN
    UPDATE job_progress SET
        queued=queued-(OLD.status='QUEUED'), in_progress=in_progress-(OLD.status='IN_PROGRESS'),
        succeeded=succeeded-(OLD.status='SUCCEEDED'), failed=failed-(OLD.status='FAILED'),
        rejected=rejected-(OLD.status='REJECTED'), timed_out=timed_out-(OLD.status='TIMED_OUT'),
        removed=removed-(OLD.status='REMOVED'), canceled=canceled-(OLD.status='CANCELED')
        WHERE job_id=OLD.job_id;
END;

-- members of a job's targets that it has not notified yet
CREATE TABLE job_waiting (
    job_id     TEXT NOT NULL,
    rank       INTEGER NOT NULL,             -- -1: joined and need not wait its turn, 0: from the start, above: retry of that number
    thing_name TEXT NOT NULL,
    number     INTEGER NOT NULL,             -- of the execution to be
    PRIMARY KEY (job_id, rank, thing_name)
) WITHOUT ROWID;
CREATE INDEX job_waiting_by_thing ON job_waiting (thing_name, job_id);

-- what successful executions have still to write into $package shadows
CREATE TABLE package_reports (
    at            INTEGER NOT NULL,
    job_id        TEXT NOT NULL,
    thing_name    TEXT NOT NULL,
    number        INTEGER NOT NULL,
    packages_json TEXT NOT NULL,             -- as in jobs
    PRIMARY KEY (at, job_id, thing_name, number)
) WITHOUT ROWID;

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
    sums_json   TEXT NOT NULL DEFAULT '{}',  -- checksums by algorithm, in base64
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;

-- iam: role and policy names are unique without regard to case
CREATE TABLE roles (
    name         TEXT PRIMARY KEY COLLATE NOCASE,
    id           TEXT NOT NULL,
    path         TEXT NOT NULL,
    trust        TEXT NOT NULL,
    trust_before TEXT NOT NULL DEFAULT '',   -- what counts until trust is known everywhere; '': nobody may assume the role
    trusted_at   INTEGER NOT NULL DEFAULT 0, -- when trust was set
    description  TEXT,
    boundary     TEXT,                       -- ARN of the permissions boundary
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
CREATE INDEX role_attachments_by_policy ON role_attachments (policy_arn, role);

CREATE TABLE managed_policies (              -- the account's own; AWS's are not kept
    name            TEXT PRIMARY KEY COLLATE NOCASE,
    id              TEXT NOT NULL,
    path            TEXT NOT NULL,
    description     TEXT,
    default_version INTEGER NOT NULL,        -- 3 is v3
    last_version    INTEGER NOT NULL,        -- highest number ever given
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE managed_policy_versions (
    policy     TEXT NOT NULL COLLATE NOCASE,
    number     INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (policy, number)
) WITHOUT ROWID;
