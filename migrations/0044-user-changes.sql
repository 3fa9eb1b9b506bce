-- Owner: src/sign-in. What was issued to a user is good only while the user, and whoever issued it, stay as they were then
-- (decision 0020). What could become a session ends first in each of these: whoever completes one at this moment holds its
-- row until the session is there.

-- Who handed a link out; null: the service itself, or the operator.
alter table user_link
  add column issuer_id uuid references administrator on delete cascade,
  add column created_at timestamptz(3) not null default now();
create index user_link_issuer on user_link (issuer_id);

-- A link, a code and a browser that was remembered by a code are for the name and the address of then.
create function void_for_other_address() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where user_id = new.id;
  delete from user_link where user_id = new.id;
  delete from user_device where user_id = new.id and factor = 'email';
  return null;
end $$;
create trigger void_for_other_address after update of user_name_key, profile on directory_user for each row
  when (old.user_name_key <> new.user_name_key or (old.profile->>'email') is distinct from (new.profile->>'email'))
  execute function void_for_other_address();

-- A factor that is gone counts for nothing that it was shown for.
create function void_for_lost_factor() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where user_id = old.user_id;
  delete from user_device where user_id = old.user_id;
  delete from user_link where user_id = old.user_id;
  update user_session set factor_at = null where user_id = old.user_id and factor_at is not null;
  return null;
end $$;
create trigger void_for_lost_factor after delete on factor_totp for each row
  when (old.user_id is not null) execute function void_for_lost_factor();
create trigger void_for_lost_factor after delete on factor_passkey for each row
  when (old.user_id is not null) execute function void_for_lost_factor();
create trigger void_for_lost_factor after delete on user_address_factor for each row
  execute function void_for_lost_factor();

-- A link is good while the administrator who handed it out may still do so, and does not come back with them.
create function void_user_links() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_link where issuer_id = new.id;
  return null;
end $$;
create trigger void_user_links after update of role, disabled_at on administrator for each row
  when (new.role = 'auditor' or new.disabled_at is not null) execute function void_user_links();

-- Whom an identity provider vouched for by its former certificates or client has to be vouched for anew.
create function end_attempts_of_former_details() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where idp_id = new.id and user_id is not null;
  return null;
end $$;
create trigger end_attempts_of_former_details after update of details, client_secret on identity_provider for each row
  when (old.details <> new.details or old.client_secret is distinct from new.client_secret)
  execute function end_attempts_of_former_details();

-- Links, remembered browsers and access tokens from before an identity provider was switched off do not come back with it.
-- They are compared with this time, since they can be too many to delete in one statement.
alter table identity_provider add column enabled_at timestamptz not null default '-infinity';
alter table access_token add column created_at timestamptz not null default now();
create function note_enabled() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.enabled_at := clock_timestamp();
  return new;
end $$;
create trigger note_enabled before update of enabled on identity_provider for each row
  when (not old.enabled and new.enabled) execute function note_enabled();
