-- Owner: src/directory

-- Users whom their identity provider deleted, kept for a while so that an administrator can restore them. The identity
-- provider does not see them, and their names are free. Their sessions, factors and memberships are gone.
create table deleted_user (
  id uuid primary key,
  tenant_id uuid not null,
  -- No foreign key, for the reason of directory_user; the purge removes those whose identity provider is gone.
  idp_id uuid not null,
  user_name text not null,
  user_name_key text not null,
  display_name text,
  resource text not null,
  idp_active boolean not null,
  disabled_at timestamptz,
  version bigint not null,
  created_at timestamptz(3) not null,
  deleted_at timestamptz(3) not null default now()
);
create index deleted_user_page on deleted_user (tenant_id, deleted_at desc, id desc);
create index deleted_user_age on deleted_user (deleted_at);
create index deleted_user_provider on deleted_user (idp_id, tenant_id);
select protect_table('deleted_user', 'select, insert, delete');
