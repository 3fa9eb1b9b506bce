-- Owner: src/sign-in. What the people of an identity provider prove beside their identity provider's word, and the
-- passwords of those whose identity provider is this service.

-- An address to which one-time codes go, proven by a first code. Of `email` the profile says the address, always the newest.
create table user_address_factor (
  user_id uuid not null references directory_user on delete cascade,
  method text not null check (method in ('email', 'phone')),
  tenant_id uuid not null,
  -- E.164.
  phone text,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3),
  primary key (user_id, method),
  check ((method = 'phone') = (phone is not null))
);

-- The code that was sent last in a sign-in. Its digest is made with the token that only the browser holds.
create table user_code (
  attempt_id uuid primary key references user_attempt on delete cascade,
  tenant_id uuid not null,
  method text not null check (method in ('email', 'phone')),
  address text not null,
  digest bytea not null,
  expires_at timestamptz not null
);

-- Browsers in which a factor was proven, and need not be for a while.
create table user_device (
  digest bytea primary key,
  tenant_id uuid not null,
  user_id uuid not null references directory_user on delete cascade,
  user_agent text,
  created_at timestamptz(3) not null default now()
);
create index user_device_user on user_device (user_id);
create index user_device_age on user_device (created_at);

create table user_password (
  user_id uuid primary key references directory_user on delete cascade,
  tenant_id uuid not null,
  hash text not null,
  -- Good without a second factor.
  is_long boolean not null,
  changed_at timestamptz(3) not null default now()
);

-- One-time links to a password: an invitation by an administrator, or asked for by who forgot it. A newer one replaces it.
create table user_link (
  user_id uuid not null references directory_user on delete cascade,
  kind text not null check (kind in ('invitation', 'reset')),
  tenant_id uuid not null,
  digest bytea not null unique,
  expires_at timestamptz not null,
  primary key (user_id, kind)
);
create index user_link_expiry on user_link (expires_at);

select protect_table('user_address_factor'), protect_table('user_code'), protect_table('user_device'),
  protect_table('user_password'), protect_table('user_link');

-- As in 0030, and: who is deactivated is remembered by no browser, and has no way to a password; who is deleted in the
-- portal has nothing left that an identity provider could bring back.
create or replace function end_sign_in() returns trigger language plpgsql as $$
begin
  delete from user_session where user_id = new.id;
  delete from user_attempt where user_id = new.id;
  delete from user_device where user_id = new.id;
  delete from user_link where user_id = new.id;
  if new.deleted_at is not null then
    delete from user_identity where user_id = new.id;
    delete from user_enrolment where user_id = new.id;
    delete from user_address_factor where user_id = new.id;
    delete from user_password where user_id = new.id;
    delete from factor_totp where user_id = new.id;
    delete from factor_passkey where user_id = new.id;
    delete from factor_recovery_code where user_id = new.id;
  end if;
  return null;
end $$;
