-- Owner: src/directory. One row is one SCIM User and the portal profile it maps to. `resource` is the answer-ready JSON
-- text without `meta` and `groups`: those come from columns and rows when it is sent. Columns repeat what is searched.
-- Ids are UUIDv7, so their order is the order of creation, and paging walks (idp_id, id).

-- The form in which text without case is compared: prepared (NFKC) and lower-cased, as caseKey() of protocol/scim does.
create function case_key(text) returns text language sql immutable parallel safe return lower(normalize($1, nfkc));

create table directory_user (
  id uuid primary key,
  tenant_id uuid not null,
  -- No foreign key: its check would lock the one identity provider row in every insert. deleteDirectory() clears up.
  idp_id uuid not null,
  user_name text not null,
  user_name_key text not null, -- RFC 7643 §4.1.1: compared without case, prepared
  external_id text,
  display_name text,
  -- Under row-level security an index on an expression is used only where its functions are leakproof; on a column it is.
  display_name_key text generated always as (case_key(display_name)) stored,
  emails text[] not null default '{}', -- every emails.value, prepared for comparison
  active boolean not null,     -- what SCIM shows: idp_active, unless an administrator holds or deleted the user
  idp_active boolean not null, -- what the identity provider said last
  disabled_at timestamptz,     -- the administrator's own hold
  deleted_at timestamptz,      -- deleted in the portal: the SCIM resource stays, the profile is gone
  provisioned boolean not null default true, -- false: arrived by sign-in, a SCIM create adopts it
  resource text not null,
  profile jsonb not null default '{}',
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);
create unique index directory_user_name on directory_user (idp_id, user_name_key);
create unique index directory_user_external_id on directory_user (idp_id, external_id) where external_id is not null;
-- A list also names its tenant, and row-level security does: with the tenant in the index, counting a list and walking it
-- to a far page read the index alone.
create index directory_user_page on directory_user (idp_id, id) include (tenant_id);
create index directory_user_changed on directory_user (idp_id, changed_at);
create index directory_user_display_name on directory_user (idp_id, display_name_key);
create index directory_user_emails on directory_user using gin (emails);

-- Under row-level security an index serves only leakproof operators, and `@>` is none. This function looks along the index
-- past the policy, at one identity provider, and gives away nothing but ids; the rows are then read under the policy.
create function users_with_email(idp uuid, email text) returns setof uuid
  language sql stable security definer rows 1 set search_path = public, pg_temp set enable_bitmapscan = on
  as $$ select id from directory_user where idp_id = idp and emails @> array[email] $$;

create table directory_group (
  id uuid primary key,
  tenant_id uuid not null,
  idp_id uuid not null,
  display_name text not null,
  display_name_key text not null,
  unique_name_key text, -- display_name_key where the identity provider's group names must be unique, else null
  external_id text,
  resource text not null,
  created_at timestamptz(3) not null default now()
);
-- Partial, so that it is no key to PostgreSQL: a rename then does not wait for those who add the group to another one.
create unique index directory_group_unique_name on directory_group (idp_id, unique_name_key)
  where unique_name_key is not null;
create index directory_group_name on directory_group (idp_id, display_name_key);
create unique index directory_group_external_id on directory_group (idp_id, external_id) where external_id is not null;
create index directory_group_page on directory_group (idp_id, id) include (tenant_id);

create table group_member (
  group_id uuid not null,
  member_id uuid not null,
  tenant_id uuid not null,
  member_type text not null check (member_type in ('User', 'Group')),
  primary key (group_id, member_id)
);
create index group_member_member on group_member (member_id);

-- One row for each change of a group or of its members, so that no such change touches the group's own row, or waits for
-- it. The newest is the group's version; housekeeping takes older ones away. The time is that of writing: who waited for a
-- lock comes after those it waited for.
create table group_revision (
  group_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index group_revision_newest on group_revision (group_id, at desc, id desc) include (tenant_id);

-- A member is a user or a group, so no foreign key can say what happens when it goes; these triggers do. They run with a
-- snapshot of their own and therefore also see a membership that was added while the delete waited for its lock.
create function forget_memberships_of(member uuid) returns void language sql as $$
  with left_groups as (delete from group_member where member_id = member returning group_id, tenant_id)
  insert into group_revision (group_id, id, tenant_id) select group_id, gen_random_uuid(), tenant_id from left_groups
$$;

create function forget_user_memberships() returns trigger language plpgsql as $$
begin
  perform forget_memberships_of(old.id);
  return null;
end $$;
create trigger forget_memberships after delete on directory_user
  for each row execute function forget_user_memberships();

create function forget_group_memberships() returns trigger language plpgsql as $$
begin
  delete from group_member where group_id = old.id;
  delete from group_revision where group_id = old.id;
  perform forget_memberships_of(old.id);
  return null;
end $$;
create trigger forget_memberships after delete on directory_group
  for each row execute function forget_group_memberships();

select protect_table('directory_user'), protect_table('directory_group'), protect_table('group_member'),
  protect_table('group_revision');
