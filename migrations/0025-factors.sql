-- Owner: src/factors. Second factors, of administrators and of users: each row belongs to one of them and goes with it.
-- A TOTP secret, which must be read again, is sealed; a recovery code, 80 random bits, is kept as its SHA-256.

create table factor_totp (
  administrator_id uuid unique references administrator on delete cascade,
  user_id uuid unique references directory_user on delete cascade,
  tenant_id uuid not null references tenant on delete cascade,
  secret bytea not null,
  -- The time step of the newest code that was used: each code works once.
  last_step bigint not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  check (num_nonnulls(administrator_id, user_id) = 1)
);

create table factor_passkey (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  administrator_id uuid references administrator on delete cascade,
  user_id uuid references directory_user on delete cascade,
  credential_id text not null unique,
  rp_id text not null,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  check (num_nonnulls(administrator_id, user_id) = 1)
);
create index factor_passkey_administrator on factor_passkey (administrator_id);
create index factor_passkey_user on factor_passkey (user_id);

create table factor_recovery_code (
  administrator_id uuid references administrator on delete cascade,
  user_id uuid references directory_user on delete cascade,
  digest bytea not null,
  tenant_id uuid not null references tenant on delete cascade,
  check (num_nonnulls(administrator_id, user_id) = 1)
);
create index factor_recovery_code_administrator on factor_recovery_code (administrator_id, digest);
create index factor_recovery_code_user on factor_recovery_code (user_id, digest);

-- What the service must remember between the two halves of an enrolment or of a passkey ceremony, once. `bound_to` says for
-- whom: an administrator, a link, an attempt. A sign-in by passkey alone belongs to no tenant until it is answered.
create table factor_ceremony (
  id uuid primary key,
  tenant_id uuid references tenant on delete cascade,
  kind text not null check (kind in ('totp', 'passkey', 'assertion')),
  bound_to text not null,
  -- The challenge, or the sealed secret.
  content bytea not null,
  expires_at timestamptz not null
);
create index factor_ceremony_expiry on factor_ceremony (expires_at);

select protect_table('factor_totp'), protect_table('factor_passkey'), protect_table('factor_recovery_code'),
  protect_table('factor_ceremony');
