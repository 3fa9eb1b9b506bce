-- Owner: src/logs. The activity log (who signed in and reached what) and the system log (how the service itself is). Both
-- have the columns of the audit log, so that one search reads all three; they are written off every path, in batches.

create table activity_event (
  id uuid primary key, -- UUIDv7: housekeeping finds what is old along it
  tenant_id uuid not null,
  at timestamptz(3) not null,
  actor_type text not null check (actor_type in ('user', 'administrator', 'idp')),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  object_type text not null,
  object_id uuid,
  object_name text not null,
  result text not null check (result in ('success', 'failure')),
  change text, -- JSON: {"gateway": "…", "reason": "…", …}; secrets are never in it
  request_id text,
  source_address text
);
create index activity_event_browse on activity_event (tenant_id, at desc, id desc);

create table system_event (
  id uuid primary key,
  tenant_id uuid, -- null: of the service itself, which is no tenant's
  at timestamptz(3) not null,
  actor_type text not null check (actor_type = 'system'),
  actor_id uuid,
  actor_name text not null, -- the app gateway that saw it
  action text not null,
  object_type text not null,
  object_id uuid,
  object_name text not null,
  result text not null check (result in ('success', 'failure')),
  change text,
  request_id text,
  source_address text
);
create index system_event_browse on system_event (tenant_id, at desc, id desc);
create index system_event_all on system_event (at desc, id desc);
select protect_table('activity_event'), protect_table('system_event');
