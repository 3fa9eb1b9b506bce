-- Owner: src/sign-in. Only an identifier that never changes hands is linked to a user: `sub`, a persistent NameID, or the
-- claim that an administrator declared stable. A name is looked up at each sign-in instead, and is never stored as a key.
select set_config('app.tenant', 'system', true);

-- The claim or assertion attribute that never changes; null: `sub`, or a NameID in the persistent format.
alter table identity_provider add column stable_identifier text;

-- Links of before, where it isn't certain what they were made from, go; the rule finds those users again.
delete from user_identity l using identity_provider i
  where i.id = l.idp_id and i.type = 'saml' and not exists (
    select from user_session s
    where s.idp_id = l.idp_id and s.user_id = l.user_id and s.subject = l.subject
      and s.name_id_format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
delete from user_identity l using identity_provider i
  where i.id = l.idp_id and l.issuer is distinct from coalesce(i.details->>'issuer', i.details->>'entityIssuer');
-- Two identities of one user: nothing says which one is right.
delete from user_identity l using user_identity o where o.user_id = l.user_id and o.subject <> l.subject;
-- Sign-ins that are under way were identified by the rules of before.
delete from user_attempt where user_id is not null;

alter table user_identity drop constraint user_identity_pkey;
drop index user_identity_user;
alter table user_identity rename column subject to identifier;
-- `sub`, `NameID`, or the name of the claim or attribute.
alter table user_identity add column source text;
update user_identity l set source = case i.type when 'oidc' then 'sub' else 'NameID' end
  from identity_provider i where i.id = l.idp_id;
alter table user_identity alter column source set not null;
-- All links of an identity provider are of its issuer of today (see below), so this is one for each user and issuer.
alter table user_identity add primary key (user_id);
create unique index user_identity_identifier on user_identity (idp_id, source, identifier);

-- Sign-ins that were refused because a link and the identity provider's rule disagree: the last one of each identifier, until
-- an administrator has resolved it.
create table identity_conflict (
  idp_id uuid not null references identity_provider on delete cascade,
  issuer text not null,
  source text not null,
  identifier text not null,
  tenant_id uuid not null,
  reason text not null check (reason in ('linked-to-another', 'names-another-user')),
  -- What the identity provider called them.
  name text not null,
  -- Whom the rule names, and to whom the identifier is linked if it is.
  named_user_id uuid not null references directory_user on delete cascade,
  linked_user_id uuid references directory_user on delete cascade,
  times integer not null default 1,
  first_at timestamptz(3) not null default now(),
  last_at timestamptz(3) not null default now(),
  primary key (idp_id, source, identifier)
);
create index identity_conflict_named on identity_conflict (named_user_id);
create index identity_conflict_linked on identity_conflict (linked_user_id) where linked_user_id is not null;
create index identity_conflict_age on identity_conflict (last_at);

-- Which kinds of identifiers an identity provider has sent, to the hour.
create table arrived_identifier (
  idp_id uuid not null references identity_provider on delete cascade,
  kind text not null check (kind in ('sub', 'declared', 'persistent', 'transient', 'email', 'unspecified', 'other')),
  tenant_id uuid not null,
  last_at timestamptz(3) not null default now(),
  primary key (idp_id, kind)
);

-- Who somebody is was decided by the identifier, the rule and the issuer; with another one it is decided anew, for everybody.
create function forget_identities() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where idp_id = new.id;
  delete from user_identity where idp_id = new.id;
  delete from identity_conflict where idp_id = new.id;
  delete from arrived_identifier where idp_id = new.id;
  delete from user_session where idp_id = new.id;
  return null;
end $$;
create trigger forget_identities after update of matching, stable_identifier, details on identity_provider for each row
  when (old.matching is distinct from new.matching or old.stable_identifier is distinct from new.stable_identifier
    or old.details->>'issuer' is distinct from new.details->>'issuer'
    or old.details->>'entityIssuer' is distinct from new.details->>'entityIssuer')
  execute function forget_identities();

-- A sign-in that is under way was identified by the name of before.
create function end_attempts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where user_id = new.id;
  return null;
end $$;
create trigger end_attempts after update of user_name_key, external_id on directory_user for each row
  when (old.user_name_key <> new.user_name_key or old.external_id is distinct from new.external_id)
  execute function end_attempts();

select protect_table('identity_conflict'), protect_table('arrived_identifier');
select set_config('app.tenant', '', true);
