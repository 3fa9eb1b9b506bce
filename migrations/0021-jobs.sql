-- Owner: src/jobs. Work that is too long for a request: done in batches, each one transaction in which the batch, its
-- audit events and how far the job got are written together. So a job goes on where it was, whatever ended the process.

create table job (
  id uuid primary key, -- UUIDv7: their order is the order in which they were asked for
  tenant_id uuid not null references tenant on delete cascade,
  kind text not null,
  title text not null,
  payload jsonb not null,
  actor jsonb not null, -- who asked for it; its events are theirs
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  position jsonb,       -- where the next batch begins; the kind's own words
  done integer not null default 0,
  total integer not null,
  attempts integer not null default 0, -- of the next batch
  problem text,         -- why the last attempt failed
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  due_at timestamptz(3) not null default now() -- of the next batch; later after a failed attempt
);
create index job_due on job (due_at) include (id, tenant_id) where state in ('queued', 'running');
create index job_recent on job (tenant_id, id);
create index job_finished on job (finished_at) where finished_at is not null;

select protect_table('job');
