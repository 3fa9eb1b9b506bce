-- Owner: src/tenancy. Sessions of administrators in the portal. Only the SHA-256 of a session's token is kept.

create table administrator_session (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  administrator_id uuid not null references administrator on delete cascade,
  digest bytea not null unique,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  -- When the person last proved who they are; what is dangerous asks for a recent proof.
  proven_at timestamptz(3) not null default now(),
  source_address text,
  user_agent text
);
create index administrator_session_owner on administrator_session (administrator_id);
select protect_table('administrator_session');
