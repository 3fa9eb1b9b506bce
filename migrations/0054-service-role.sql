-- Owner: src/platform. The role that serves in this database: `doorlist_app`, or none where the user that owns the tables can't
-- act as it and no other login of ours can. Then the role belongs to another installation in the same cluster.
do $$
declare
  act constant text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
  login constant text := coalesce(nullif(current_setting('app.serving_login', true), ''), current_user);
  service name;
begin
  select rolname into service from pg_roles
    where rolname = 'doorlist_app' and (pg_has_role(current_user, oid, act) or pg_has_role(login, oid, act));
  execute format('create function service_role() returns name language sql stable set search_path = public, pg_temp return %L::name', service);
  if service is null and exists (select from pg_roles where rolname = 'doorlist_app') then
    revoke all on all tables in schema public from doorlist_app;
    revoke all on all sequences in schema public from doorlist_app;
    revoke all on all functions in schema public from doorlist_app;
    revoke all on schema public from doorlist_app;
    alter default privileges in schema public revoke all on tables from doorlist_app;
  end if;
end $$;

-- As in 0037, for the role that serves here.
create or replace function allow_service(what text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  if service_role() is not null then
    execute format('grant %s to %I', what, service_role());
  end if;
end $$;
create or replace function protect_table(name regclass, privileges text default 'select, insert, update, delete') returns void
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
  if service_role() is not null then
    execute format('revoke all on %s from %I', name, service_role());
  end if;
  if not (select relispartition from pg_class where oid = name) then
    perform allow_service(format('%s on %s', privileges, name));
  end if;
end $$;
select allow_service('execute on function service_role()');

-- Databases of before have uuidv7(), which only PostgreSQL 18 knows.
alter table gateway_absence alter column id set default gen_random_uuid();

-- Whether a text is a value of a type. PostgreSQL has it since version 16, where this is replaced by its body in each plan.
do $$
begin
  if current_setting('server_version_num')::int >= 160000 then
    create function is_valid_input(value text, type text) returns boolean language sql stable parallel safe
      return pg_input_is_valid(value, type);
  else
    create function is_valid_input(value text, type text) returns boolean language plpgsql stable parallel restricted
      set search_path = public, pg_temp as $body$
    begin
      case type
        when 'boolean' then perform value::boolean;
        when 'numeric' then perform value::numeric;
        when 'timestamptz' then perform value::timestamptz;
      end case;
      return true;
    exception when data_exception then
      return false;
    end $body$;
  end if;
end $$;
select allow_service('execute on function is_valid_input(text, text)');
