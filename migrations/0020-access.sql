-- Owner: src/access. What stands behind the gateway, and who may reach it.

create table application (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  name text not null,
  -- Scheme, host and port as a browser spells them; it finds the application, so it is one tenant's alone.
  origin text not null unique,
  enabled boolean not null default true,
  -- Everybody of the tenant may reach it; otherwise those whom a grant names.
  for_everybody boolean not null default false,
  -- How old a sign-in, and a second factor, may be; null: as the session itself.
  session_minutes integer check (session_minutes between 1 and 720),
  factor_minutes integer check (factor_minutes between 1 and 720),
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);
create unique index application_name on application (tenant_id, lower(name));

create table application_grant (
  application_id uuid not null references application on delete cascade,
  subject_id uuid not null, -- a user or a group; one that is gone matches nobody
  subject_type text not null check (subject_type in ('User', 'Group')),
  tenant_id uuid not null,
  primary key (application_id, subject_id)
);
create index application_grant_subject on application_grant (subject_id);

-- A session as one application knows it: a cookie of its own host, so that none of them can use another's.
create table application_session (
  digest bytea primary key,
  tenant_id uuid not null,
  application_id uuid not null references application on delete cascade,
  session_id uuid not null references user_session on delete cascade,
  created_at timestamptz(3) not null default now()
);
create index application_session_application on application_session (application_id);
create index application_session_session on application_session (session_id);

-- Carries a sign-in from our host to an application's, once, within a minute, in the browser that asked for it.
create table application_ticket (
  digest bytea primary key,
  tenant_id uuid not null,
  application_id uuid not null references application on delete cascade,
  session_id uuid not null references user_session on delete cascade,
  browser bytea not null,
  expires_at timestamptz not null
);
create index application_ticket_application on application_ticket (application_id);
create index application_ticket_session on application_ticket (session_id);
create index application_ticket_expiry on application_ticket (expires_at);

-- Keys by which the gateway signs what it tells applications of a person; sealed.
create table gateway_key (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  private_key bytea not null,
  public_jwk jsonb not null,
  created_at timestamptz(3) not null default now()
);
create index gateway_key_newest on gateway_key (tenant_id, created_at desc);

select protect_table('application'), protect_table('application_grant'), protect_table('application_session'),
  protect_table('application_ticket'), protect_table('gateway_key');
