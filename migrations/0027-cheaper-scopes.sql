-- Owner: src/platform. Every statement prepares anew what stands in its plan, whether it comes to that or not: for a look-up
-- by id this costs more than finding the row. So there is less in it.

-- One look at the scope for each table instead of two. Null: every tenant's rows, for work above tenants; a tenant that
-- cannot be where nothing was said.
create function scope_tenant() returns uuid language sql stable
  return case current_setting('app.tenant', true) when 'system' then null
    else coalesce(nullif(current_setting('app.tenant', true), '')::uuid, '00000000-0000-0000-0000-000000000000') end;

create or replace function protect_table(name regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('alter table %s force row level security', name);
  execute format('create policy tenant_scope on %s using (tenant_id is not distinct from coalesce((select scope_tenant()), tenant_id))', name);
end $$;

do $$
declare
  name regclass;
begin
  for name in select polrelid from pg_policy where polname = 'tenant_scope' and polrelid <> 'tenant'::regclass loop
    execute format('alter policy tenant_scope on %s using (tenant_id is not distinct from coalesce((select scope_tenant()), tenant_id))', name);
  end loop;
end $$;
alter policy tenant_scope on tenant using (id = coalesce((select scope_tenant()), id));

-- One element of a user's `groups` (RFC 7643 §4.1.2) as JSON text.
create function group_element(base text, id uuid, display_name text, type text) returns text language sql stable
  return '{"value":"' || id || '","$ref":"' || base || '/Groups/' || id || '","display":' || to_json(display_name)
    || ',"type":"' || type || '"}';

-- All of them, where groups hold groups: a call costs the statements that never make it nothing.
create function effective_group_elements(tenant uuid, member uuid, base text) returns text language sql stable
  set search_path = public, pg_temp
  as $$
    select string_agg(group_element(base, g.id, g.display_name, m.type), ',' order by g.id)
    from effective_groups(tenant, array[member]) m join directory_group g on g.id = m.group_id
  $$;
