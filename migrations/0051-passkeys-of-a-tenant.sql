-- Owner: src/factors. The id of a passkey is unique within its tenant: its authenticator chooses it, so that of another tenant
-- can be made on purpose. A sign-in without a name looks at the administrators' passkeys of that id, the oldest first.

alter table factor_passkey drop constraint factor_passkey_credential_id_key;
create unique index factor_passkey_credential on factor_passkey (tenant_id, credential_id);
create index factor_passkey_administrator_credential on factor_passkey (credential_id, id) where administrator_id is not null;
