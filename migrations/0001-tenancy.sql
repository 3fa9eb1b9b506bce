-- Owner: src/tenancy. Tenants, their administrators, and the ground every other table stands on: the tenant scope.

-- The scope of a transaction: a tenant's id, or the word 'system' for work that is above tenants (finding the tenant of
-- a credential, housekeeping). Set for one transaction only, by ENTER_SCOPE of src/platform/database/scoped-query.ts; unset means that nothing is visible.
create function current_tenant() returns uuid language sql stable
  return nullif(nullif(current_setting('app.tenant', true), ''), 'system')::uuid;
create function is_system() returns boolean language sql stable
  return current_setting('app.tenant', true) is not distinct from 'system';

create table tenant (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  created_at timestamptz(3) not null default now()
);

-- Owner: src/administrators.
create table administrator (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  email text not null,
  email_key text not null,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'auditor')),
  password_hash text,
  disabled_at timestamptz,
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, email_key)
);

-- A one-time link by which the first owner of a tenant is made; only its SHA-256 is kept.
create table setup_link (
  digest bytea primary key,
  tenant_id uuid not null references tenant on delete cascade,
  expires_at timestamptz not null
);

-- Owner: src/tenancy.
-- Row-level security stands under every query that also names its tenant. The sub-selects make the scope a value that
-- is read once for each statement, not once for each row; the tenant stands first, so the other is hardly ever asked for.
create function protect_table(name regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format(
    'create policy tenant_scope on %s using (tenant_id = (select current_tenant()) or (select is_system()))', name);
end $$;

alter table tenant enable row level security;
alter table tenant force row level security;
create policy tenant_scope on tenant using (id = (select current_tenant()) or (select is_system()));
select protect_table('administrator'), protect_table('setup_link');
