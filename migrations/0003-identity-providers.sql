-- Owner: src/identity-providers. Who may provision and sign in, with which credentials.

create table identity_provider (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  name text not null,
  type text not null check (type in ('local', 'saml', 'oidc')),
  enabled boolean not null default true,
  auto_provisioning boolean not null default false,
  mode text not null default 'lenient' check (mode in ('lenient', 'strict')),
  mfa text not null default 'mandatory' check (mfa in ('mandatory', 'none', 'external')),
  enroll text not null default 'admin' check (enroll in ('admin', 'self')),
  activation text not null default 'automatic' check (activation in ('automatic', 'manual')),
  unique_group_names boolean not null default true,
  details jsonb not null default '{}', -- saml: entityIssuer, ssoUrl, certificates[]; oidc: issuer, clientId, scopes[]
  client_secret bytea,                 -- oidc, sealed
  mapping jsonb,                       -- null: the defaults of its type
  -- Counts every change of this row or of its credentials. A request carries the number it was authenticated under, and
  -- ENTER_SCOPE refuses it when the number has moved on: a revocation holds from the next request on, on every process.
  epoch bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);
create unique index identity_provider_name on identity_provider (tenant_id, lower(name));

create table scim_credential (
  id uuid primary key,
  tenant_id uuid not null,
  idp_id uuid not null references identity_provider on delete cascade,
  key text not null unique,
  secret_digest bytea not null,
  token_digest bytea not null unique,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz,
  retired_at timestamptz
);
create index scim_credential_idp on scim_credential (idp_id);

-- Access tokens of the client-credentials grant.
create table access_token (
  digest bytea primary key,
  tenant_id uuid not null,
  idp_id uuid not null,
  credential_id uuid not null references scim_credential on delete cascade,
  expires_at timestamptz not null
);
create index access_token_credential on access_token (credential_id);

-- When something last succeeded. Stamped in batches off the request path, so it stands apart from the rows that requests read.
create table last_seen (
  subject_id uuid primary key, -- an identity provider (last sync) or a credential (last used)
  tenant_id uuid not null,
  at timestamptz not null
);

create function count_identity_provider_change() returns trigger language plpgsql as $$
begin
  new.epoch := old.epoch + 1;
  new.changed_at := now();
  return new;
end $$;
create trigger count_change before update on identity_provider
  for each row execute function count_identity_provider_change();

create function count_credential_change() returns trigger language plpgsql as $$
begin
  update identity_provider set epoch = epoch where id = coalesce(new.idp_id, old.idp_id);
  return null;
end $$;
create trigger count_change after update or delete on scim_credential
  for each row execute function count_credential_change();

-- The last resort of the first statement of every scoped transaction, see src/platform/database/scoped-query.ts.
create function refuse_scope() returns text language plpgsql as $$
begin
  raise exception 'the identity provider has changed' using errcode = 'DL001';
end $$;

select protect_table('identity_provider'), protect_table('scim_credential'), protect_table('access_token'),
  protect_table('last_seen');
