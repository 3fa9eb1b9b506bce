-- Owner: src/throttle. Guesses at secrets, and the browsers in which an account was signed in before.

-- A subject is the SHA-256 of what is counted: an account and a network, an account, a network, a browser. Names that
-- nobody has are counted as those that somebody has, so most belong to no tenant and only work above tenants sees them.
drop table sign_in_throttle;
create table sign_in_throttle (
  subject bytea primary key,
  -- Whose counts are forgotten together.
  account bytea,
  tenant_id uuid,
  tries integer not null,
  started_at timestamptz not null default now()
);
create index sign_in_throttle_age on sign_in_throttle (started_at);
create index sign_in_throttle_account on sign_in_throttle (account);

-- The browser holds a random token, here is its SHA-256.
create table known_browser (
  digest bytea primary key,
  tenant_id uuid not null references tenant on delete cascade,
  administrator_id uuid references administrator on delete cascade,
  user_id uuid references directory_user on delete cascade,
  last_used_at timestamptz(3) not null default now(),
  check (num_nonnulls(administrator_id, user_id) = 1)
);
create index known_browser_administrator on known_browser (administrator_id, last_used_at);
create index known_browser_user on known_browser (user_id, last_used_at);
create index known_browser_age on known_browser (last_used_at);

select protect_table('sign_in_throttle'), protect_table('known_browser');

-- A user who is deleted in the portal has nothing left that an identity provider could bring back.
create function forget_known_browsers() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from known_browser where user_id = new.id;
  return null;
end $$;
create trigger forget_known_browsers after update of deleted_at on directory_user for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function forget_known_browsers();
