-- Owner: src/identity-providers. Public keys by which a client proves who it is at the token endpoint (RFC 7523).

create table client_key (
  id uuid primary key,
  tenant_id uuid not null,
  idp_id uuid not null references identity_provider on delete cascade,
  kid text not null,
  jwk jsonb not null, -- the public members alone
  thumbprint bytea not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz,
  retired_at timestamptz,
  unique (idp_id, thumbprint) -- a key that was retired does not come back
);
create unique index client_key_kid on client_key (idp_id, kid) where retired_at is null;

-- Assertions that were used, by the SHA-256 of their jti, until they expire by themselves.
create table client_assertion (
  idp_id uuid not null references identity_provider on delete cascade,
  digest bytea not null,
  tenant_id uuid not null,
  expires_at timestamptz not null,
  primary key (idp_id, digest)
);
create index client_assertion_expiry on client_assertion (idp_id, expires_at);

-- An access token belongs to what it was asked for with: a set of credentials, or a key.
alter table access_token
  alter column credential_id drop not null,
  add column client_key_id uuid references client_key on delete cascade,
  add check (num_nonnulls(credential_id, client_key_id) = 1);
create index access_token_client_key on access_token (client_key_id);

create trigger count_change after update or delete on client_key
  for each row execute function count_credential_change();

select protect_table('client_key'), protect_table('client_assertion');
do $$
begin
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    grant select, insert, update, delete on client_key, client_assertion to doorlist_app;
  end if;
end $$;
