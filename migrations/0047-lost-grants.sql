-- Owner: src/access. What a grant named is kept when the user or group is deleted, so that administrators see what was lost.
-- Such a grant gives nobody access any more, whoever is created under the same name.

alter table application_grant
  add column lost_at timestamptz(3), -- null: the user or group exists
  add column lost_name text,
  add column lost_name_key text collate "C", -- as directory_group.display_name_key
  add column lost_external_id text,
  add column lost_idp_id uuid;
create index application_grant_tenant on application_grant (tenant_id);

-- For each statement, as large groups of users are deleted at once. Those of grants that are made at this moment wait for
-- the rows (see addGrants), and triggers have a snapshot of their own, so no grant is overlooked.
create function keep_lost_user_grants() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  update application_grant g set lost_at = now(), lost_name = gone.user_name, lost_external_id = gone.external_id,
      lost_idp_id = gone.idp_id
    from gone where g.subject_id = gone.id and g.tenant_id = gone.tenant_id and g.lost_at is null;
  return null;
end $$;
create trigger keep_lost_grants after delete on directory_user
  referencing old table as gone for each statement execute function keep_lost_user_grants();

create function keep_lost_group_grants() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  update application_grant g set lost_at = now(), lost_name = gone.display_name, lost_name_key = gone.display_name_key,
      lost_external_id = gone.external_id, lost_idp_id = gone.idp_id
    from gone where g.subject_id = gone.id and g.tenant_id = gone.tenant_id and g.lost_at is null;
  return null;
end $$;
create trigger keep_lost_grants after delete on directory_group
  referencing old table as gone for each statement execute function keep_lost_group_grants();

-- The users and groups of a deleted identity provider are removed later; nobody can reach them from now on.
create function keep_lost_provider_grants() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  update application_grant g set lost_at = now(), lost_name = u.user_name, lost_external_id = u.external_id,
      lost_idp_id = u.idp_id
    from directory_user u where g.tenant_id = old.tenant_id and g.lost_at is null and u.id = g.subject_id
      and u.tenant_id = g.tenant_id and u.idp_id = old.id;
  update application_grant g set lost_at = now(), lost_name = d.display_name, lost_name_key = d.display_name_key,
      lost_external_id = d.external_id, lost_idp_id = d.idp_id
    from directory_group d where g.tenant_id = old.tenant_id and g.lost_at is null and d.id = g.subject_id
      and d.tenant_id = g.tenant_id and d.idp_id = old.id;
  return null;
end $$;
create trigger keep_lost_grants after delete on identity_provider
  for each row execute function keep_lost_provider_grants();

select allow_service('update on application_grant');
