-- Owner: src/administrators. What was issued to an administrator is good only while the account stays as it was then. The row
-- counts the changes that end it, whoever makes them; a sign-in or a proof that was checked under an older number counts
-- for nothing (src/administrators/sign-in/proofs.ts).
alter table administrator add column security_version bigint not null default 1;

create function count_account_change() returns trigger language plpgsql as $$
begin
  new.security_version := old.security_version + 1;
  return new;
end $$;
create trigger count_account_change before update of password_hash, email_key, disabled_at on administrator for each row
  when (old.password_hash is distinct from new.password_hash or old.email_key <> new.email_key
    or (old.disabled_at is null) <> (new.disabled_at is null))
  execute function count_account_change();

-- Using a factor updates its row; only a new one, or one that is gone, changes the account.
create function count_factor_change() returns trigger language plpgsql as $$
begin
  update administrator set security_version = security_version + 1
    where id = case tg_op when 'INSERT' then new.administrator_id else old.administrator_id end;
  return null;
end $$;
create trigger count_factor_change after insert or delete on factor_totp
  for each row execute function count_factor_change();
create trigger count_factor_change after insert or delete on factor_passkey
  for each row execute function count_factor_change();

-- Null: nothing was proven since the account changed.
alter table administrator_session alter column proven_at drop not null, alter column proven_at drop default;

create function void_what_was_issued() returns trigger language plpgsql as $$
begin
  delete from sign_in_attempt where administrator_id = new.id;
  delete from account_link where administrator_id = new.id;
  update administrator_session set proven_at = null where administrator_id = new.id and proven_at is not null;
  return null;
end $$;
create trigger void_what_was_issued after update on administrator for each row
  when (old.security_version <> new.security_version) execute function void_what_was_issued();

-- Who handed a link out; null: the service itself, for a forgotten password. The link is good while they still may.
alter table account_link add column issuer_id uuid references administrator on delete cascade;
create index account_link_issuer on account_link (issuer_id);
select set_config('app.tenant', 'system', true);
delete from account_link where kind = 'reset'; -- nobody knows who made it
update account_link l set issuer_id = a.id from administrator a
  where l.kind = 'invitation' and a.tenant_id = l.tenant_id and a.email = l.invited_by;
delete from account_link where kind = 'invitation' and issuer_id is null;
alter table account_link add check (kind <> 'invitation' or issuer_id is not null);

-- A key does no more than the administrator who made it, and ends with them.
alter table api_key add column creator_id uuid references administrator on delete cascade;
update api_key k set creator_id = a.id from administrator a where a.tenant_id = k.tenant_id and a.email = k.created_by;
delete from api_key where creator_id is null;
alter table api_key alter column creator_id set not null;
create index api_key_creator on api_key (creator_id);

-- One for each tenant, also when two processes make one at the same moment.
delete from setup_link l using setup_link newer where newer.tenant_id = l.tenant_id
  and (newer.expires_at, newer.digest) > (l.expires_at, l.digest);
alter table setup_link add unique (tenant_id);
select allow_service('update on setup_link');

select set_config('app.tenant', '', true);
