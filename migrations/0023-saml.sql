-- Owner: src/identity-providers. Our own keys toward SAML identity providers: they sign our requests, and open what is
-- encrypted to us. Two are good at a time, while the identity provider changes from one to the next.
create table service_certificate (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  idp_id uuid not null references identity_provider on delete cascade,
  certificate text not null, -- PEM
  private_key bytea not null, -- PKCS #8 in PEM, sealed
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  retired_at timestamptz(3)
);
create index service_certificate_idp on service_certificate (idp_id) where retired_at is null;

select protect_table('service_certificate');
