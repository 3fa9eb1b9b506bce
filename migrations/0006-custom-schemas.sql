-- Owner: src/identity-providers. Extensions that a tenant declares for one identity provider, and the names that came
-- without having been declared.

create table custom_schema (
  id uuid primary key, -- UUIDv7: their order is the order of declaration
  tenant_id uuid not null,
  idp_id uuid not null references identity_provider on delete cascade,
  resource_type text not null check (resource_type in ('User', 'Group')),
  urn text not null,
  definition json not null, -- RFC 7643 §7, checked and complete; json keeps the order in which it is published
  created_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);
create unique index custom_schema_urn on custom_schema (idp_id, lower(urn));

-- A request that was authenticated before a schema changed is refused by ENTER_SCOPE and authenticated afresh.
create trigger count_change after insert or update or delete on custom_schema
  for each row execute function count_credential_change();

-- Names alone, never a value.
create table unknown_attribute (
  tenant_id uuid not null,
  idp_id uuid not null references identity_provider on delete cascade,
  resource_type text not null check (resource_type in ('User', 'Group')),
  name_key text not null, -- the name without its letter case
  name text not null,
  count bigint not null,
  first_seen_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  primary key (idp_id, resource_type, name_key)
);

select protect_table('custom_schema'), protect_table('unknown_attribute');
do $$
begin
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    grant select, insert, update, delete on custom_schema, unknown_attribute to doorlist_app;
  end if;
end $$;
