-- Owner: src/administrators. How administrators get an account, prove who they are and stay signed in. Secrets of 128 random bits
-- or more are kept as their SHA-256.

-- Shorter passwords (8 to 14 characters) are good only together with a second factor.
alter table administrator add password_is_long boolean not null default true;
-- At sign-in only the address says whose administrator it is.
create index administrator_email_key on administrator (email_key);

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

-- A sign-in whose password was right and whose second factor is still to come.
create table sign_in_attempt (
  digest bytea primary key,
  tenant_id uuid not null references tenant on delete cascade,
  administrator_id uuid not null references administrator on delete cascade,
  expires_at timestamptz not null
);
create index sign_in_attempt_administrator on sign_in_attempt (administrator_id);
create index sign_in_attempt_expiry on sign_in_attempt (expires_at);

-- Tries to prove something, counted across processes. A subject is the SHA-256 of an e-mail address, a network address or
-- an administrator's id; most belong to no tenant, so that only work above tenants sees them.
create table sign_in_throttle (
  subject bytea primary key,
  tenant_id uuid,
  tries integer not null,
  started_at timestamptz not null default now()
);
create index sign_in_throttle_age on sign_in_throttle (started_at);

-- One-time links that are mailed or handed over: into an account that is to be made, or back into one that is there.
create table account_link (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  kind text not null check (kind in ('invitation', 'reset')),
  digest bytea not null unique,
  email text not null,
  email_key text not null,
  role text check (role in ('owner', 'admin', 'auditor')),
  administrator_id uuid references administrator on delete cascade,
  invited_by text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  check ((kind = 'invitation') = (role is not null)),
  check ((kind = 'reset') = (administrator_id is not null))
);
-- One open invitation for each address, one reset for each administrator: a newer one replaces it.
create unique index account_link_invitation on account_link (tenant_id, email_key) where kind = 'invitation';
create unique index account_link_reset on account_link (administrator_id) where kind = 'reset';

create table api_key (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  name text not null,
  role text not null check (role in ('admin', 'auditor')),
  digest bytea not null unique,
  -- The last characters, by which a person tells one key from another.
  ending text not null,
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  unique (tenant_id, name)
);

select protect_table('administrator_session'), protect_table('sign_in_attempt'), protect_table('sign_in_throttle'),
  protect_table('account_link'), protect_table('api_key');
