-- Owner: src/identity-providers. RFC 7643 §3.1 asks for no uniqueness of externalId, so users and groups may share one, unless
-- an administrator forbids it or sign-in finds users by it.
alter table identity_provider
  add column unique_external_ids boolean not null default false, -- the administrator's switch, for users and groups
  add column unique_user_external_ids boolean not null
    generated always as (unique_external_ids or coalesce(matching ->> 'target' = 'externalId', false)) stored;

-- Owner: src/directory. `external_id_repeat` is null in the first row that has an externalId, and the row's own id in each
-- that repeats it. So one unique index serves both: where nobody may repeat a value, every row has null there. Turning
-- uniqueness on looks at the repeating rows alone.
alter table directory_user add column external_id_repeat uuid;
alter table directory_group add column external_id_repeat uuid;
drop index directory_user_external_id, directory_group_external_id;
create unique index directory_user_external_id on directory_user (idp_id, external_id, external_id_repeat)
  nulls not distinct where external_id is not null;
create unique index directory_group_external_id on directory_group (idp_id, external_id, external_id_repeat)
  nulls not distinct where external_id is not null;
create index directory_user_repeated_external_id on directory_user (idp_id, id) where external_id_repeat is not null;
create index directory_group_repeated_external_id on directory_group (idp_id, id) where external_id_repeat is not null;

-- A request that began before uniqueness was turned on may still repeat a value. It holds the identity provider's row here,
-- which the change of that row waits for; or it waits for that change, and is refused by it. Not before the update: PostgreSQL
-- would then lock each row that is updated against those who share its key, such as a sign-in.
create function refuse_repeated_external_id() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform from identity_provider i where i.id = new.idp_id
    and not case tg_table_name when 'directory_user' then i.unique_user_external_ids else i.unique_external_ids end for share;
  if not found then
    raise exception 'the externalId is taken' using errcode = 'unique_violation', constraint = tg_table_name || '_external_id';
  end if;
  return null;
end $$;
create trigger refuse_repeated_external_id after insert on directory_user for each row
  when (new.external_id_repeat is not null) execute function refuse_repeated_external_id();
create trigger refuse_repeated_external_id after insert on directory_group for each row
  when (new.external_id_repeat is not null) execute function refuse_repeated_external_id();
create trigger refuse_changed_external_id after update of external_id_repeat on directory_user for each row
  when (new.external_id_repeat is not null and (old.external_id_repeat is null or old.external_id <> new.external_id))
  execute function refuse_repeated_external_id();
create trigger refuse_changed_external_id after update of external_id_repeat on directory_group for each row
  when (new.external_id_repeat is not null and (old.external_id_repeat is null or old.external_id <> new.external_id))
  execute function refuse_repeated_external_id();
