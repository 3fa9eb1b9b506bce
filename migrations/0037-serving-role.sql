-- Owner: src/platform. The service logs in as `doorlist_app` and can become no other role (decision 0022). So it is given
-- what it needs and nothing else, by name: a table or function that nobody thought of is closed to it.

-- Grants something to the service, where it has a role of its own. @param what like 'execute on function f(uuid)'
create function allow_service(what text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    execute format('grant %s to doorlist_app', what);
  end if;
end $$;

-- Puts row-level security under a table and says what the service may do with its rows; under a partition nothing, since
-- rows are reached through the parent, where the policy stands.
drop function protect_table(regclass);
create function protect_table(name regclass, privileges text default 'select, insert, update, delete') returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('drop policy if exists tenant_scope on %s', name);
  -- As a null tenant_id would match every scope in the first form, it is only for tables that have none (decision 0014).
  if exists (select from pg_attribute where attrelid = name and attname = 'tenant_id' and attnotnull) then
    execute format('create policy tenant_scope on %s using (coalesce(tenant_id = (select scope_tenant()), true))', name);
  else
    execute format(
      'create policy tenant_scope on %s using (tenant_id = (select current_tenant()) or (select is_system()))', name);
  end if;
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    execute format('revoke all on %s from doorlist_app', name);
  end if;
  if not (select relispartition from pg_class where oid = name) then
    perform allow_service(format('%s on %s', privileges, name));
  end if;
end $$;

-- What a later migration makes is closed until it says otherwise.
do $$
begin
  alter default privileges revoke execute on functions from public;
  revoke execute on all functions in schema public from public;
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    alter default privileges in schema public revoke all on tables from doorlist_app;
    revoke all on all tables in schema public from doorlist_app;
  end if;
end $$;

-- No statement of the service changes the rows of the tables that are named here in another way.
with narrower (name, privileges) as (values
  ('audit_event', 'select, insert'),
  ('audit_seal', 'select, insert'),
  ('gateway_key', 'select, insert'),
  ('client_key', 'select, insert, update'),
  ('scim_credential', 'select, insert, update'),
  ('service_certificate', 'select, insert, update'),
  ('access_token', 'select, insert, delete'),
  ('activity_event', 'select, insert, delete'),
  ('application_grant', 'select, insert, delete'),
  ('application_session', 'select, insert, delete'),
  ('application_ticket', 'select, insert, delete'),
  ('factor_ceremony', 'select, insert, delete'),
  ('factor_recovery_code', 'select, insert, delete'),
  ('group_member', 'select, insert, delete'),
  ('group_revision', 'select, insert, delete'),
  ('scim_request', 'select, insert, delete'),
  ('setup_link', 'select, insert, delete'),
  ('sign_in_attempt', 'select, insert, delete'),
  ('system_event', 'select, insert, delete'),
  ('user_device', 'select, insert, delete'),
  ('user_identity', 'select, insert, delete'))
select protect_table(c.oid::regclass, coalesce(n.privileges, 'select, insert, update, delete'))
  from pg_class c left join narrower n on n.name = c.relname
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'tenant'
    and (exists (select from pg_policy where polrelid = c.oid) or c.relispartition);
select allow_service('select, insert, update on tenant'), allow_service('select on kysely_migration'),
  allow_service('usage, select on sequence audit_event_position');

-- A function that names things without their schema finds those of its maker only. This also counts for triggers: after a
-- cascade they run as the owner of the table, and would find tables that the service made in pg_temp.
alter function count_identity_provider_change() set search_path = public, pg_temp;
alter function count_credential_change() set search_path = public, pg_temp;
alter function refuse_scope() set search_path = public, pg_temp;
alter function forget_memberships_of(uuid) set search_path = public, pg_temp;
alter function forget_user_memberships() set search_path = public, pg_temp;
alter function forget_group_memberships() set search_path = public, pg_temp;
alter function end_sign_in() set search_path = public, pg_temp;
alter function end_sign_ins() set search_path = public, pg_temp;

-- Functions that look past the policy say what it says: only the tenant of the scope. Both are as in 0004 and 0022 otherwise.
drop function users_with_email(uuid, text);
create function users_with_email(tenant uuid, idp uuid, email text) returns setof uuid
  language sql stable security definer rows 1 set search_path = public, pg_temp set enable_bitmapscan = on
  as $$
    select id from directory_user
    where tenant_id = tenant and idp_id = idp and emails @> array[email] and coalesce(tenant = (select scope_tenant()), true)
  $$;

-- The indexes of names do not hold the tenant, so the identity provider is looked at first, once.
drop function users_named(uuid, text, text, integer);
create function users_named(tenant uuid, idp uuid, name text, title text, most integer) returns setof uuid
  language sql stable security definer rows 100 set search_path = public, pg_temp
  as $$
    with own as materialized (
      select from identity_provider
      where id = idp and tenant_id = tenant and coalesce(tenant = (select scope_tenant()), true)),
    names as materialized (
      select user_name_key as key from directory_user
      where exists (select from own) and idp_id = idp and strpos(user_name_key, name) > 0 limit most),
    titles as materialized (
      select display_name_key as key from directory_user
      where exists (select from own) and idp_id = idp and strpos(display_name_key, title) > 0 limit most)
    select found.id from (
      select u.id from names
      join directory_user u on u.tenant_id = tenant and u.idp_id = idp and u.user_name_key = names.key
      union
      select u.id from (select distinct key from titles) t
      cross join lateral (
        select u.id from directory_user u
        where u.tenant_id = tenant and u.idp_id = idp and u.display_name_key = t.key limit most) u) found
    limit most
  $$;

-- Functions that make and drop partitions are for work above tenants.
create function refuse_tenants() returns void language plpgsql set search_path = public, pg_temp as $$
begin
  if not is_system() then
    raise exception 'only for work above tenants' using errcode = 'insufficient_privilege';
  end if;
end $$;

-- As in 0002, with partitions that are protected themselves.
create or replace function ensure_audit_partitions(months_ahead integer) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  first_day date;
  part text;
begin
  perform refuse_tenants();
  perform pg_advisory_xact_lock(hashtext('ensure_audit_partitions'));
  for offset_months in 0..least(months_ahead, 120) loop
    first_day := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => offset_months))::date;
    part := 'audit_event_' || to_char(first_day, 'YYYY_MM');
    continue when to_regclass(part) is not null;
    execute format('create table %I partition of audit_event for values from (%L) to (%L)', part,
      to_char(first_day, 'YYYY-MM-DD') || ' 00:00:00+00',
      to_char(first_day + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
    perform protect_table(part::regclass);
  end loop;
end $$;
drop function seal_audit_partitions();

-- As in 0036, likewise.
create or replace function keep_scim_request_days(days integer, most_bytes bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  today date := (now() at time zone 'UTC')::date;
  part record;
  free bigint := most_bytes;
  split timestamptz := date_trunc('minute', now()) + interval '2 minutes';
begin
  perform refuse_tenants();
  if not pg_try_advisory_xact_lock(hashtext('keep_scim_request_days')) then
    return; -- another process is at it
  end if;
  for part in select * from scim_request_partitions() p order by p.from_at desc loop
    free := free - case when part.from_at > now() then 0 else part.bytes end;
    if part.to_at <= today - make_interval(days => days) or days = 0 or (free < 0 and part.to_at <= now()) then
      execute format('drop table %s', part.name);
    elsif part.from_at <= now() and part.to_at > split and part.bytes > most_bytes / 8 then
      perform split_scim_request_partition(part.name, part.from_at, split, part.to_at);
    end if;
  end loop;
  for ahead in 0..1 loop
    if days > 0 then
      perform create_scim_request_partition(today + ahead, today + ahead + 1);
    end if;
  end loop;
end $$;
create or replace function create_scim_request_partition(from_at timestamptz, to_at timestamptz) returns void
  language plpgsql set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  name text := 'scim_request_' || to_char(from_at, case when from_at = date_trunc('day', from_at) then 'YYYY_MM_DD' else 'YYYY_MM_DD_HH24MI' end);
begin
  if exists (select from scim_request_partitions() p where p.from_at < create_scim_request_partition.to_at
      and p.to_at > create_scim_request_partition.from_at) then
    return;
  end if;
  execute format('create table %I partition of scim_request for values from (%L) to (%L)', name, from_at, to_at);
  perform protect_table(name::regclass);
end $$;
alter function scim_request_partitions() set search_path = public, pg_temp;
alter function split_scim_request_partition(regclass, timestamptz, timestamptz, timestamptz) set search_path = public, pg_temp;

-- What the service calls, and what its statements come to through policies and triggers.
select allow_service('execute on function ' || name) from unnest(array[
  'current_tenant()', 'is_system()', 'scope_tenant()', 'refuse_scope()', 'case_key(text)',
  'users_with_email(uuid, uuid, text)', 'users_named(uuid, uuid, text, text, integer)',
  'effective_groups(uuid, uuid[])', 'effective_group_elements(uuid, uuid, text)', 'group_element(text, uuid, text, text)',
  'forget_memberships_of(uuid)', 'ensure_audit_partitions(integer)', 'keep_scim_request_days(integer, bigint)']) as name;
