-- Owner: src/platform. The service works as a role that row-level security binds and that can add to the audit log but
-- never change it. Where the connecting user may not make roles, it owns the tables and FORCE binds it all the same.
do $$
declare
  -- Since version 16 a role's maker may administer it, but needs a grant to act as it.
  act constant text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
begin
  if not exists (select from pg_roles where rolname = 'doorlist_app') then
    if not exists (select from pg_roles where rolname = current_user and (rolsuper or rolcreaterole)) then
      return;
    end if;
    begin
      create role doorlist_app nologin nosuperuser nobypassrls;
    exception when duplicate_object or unique_violation then
      null; -- another migration of the same cluster made it in this moment
    end;
  end if;
  if not pg_has_role(current_user, 'doorlist_app', act) then
    begin
      execute format('grant doorlist_app to %I', current_user);
    exception when insufficient_privilege then
      null; -- another user made the role: 0054 decides whether it serves in this database
    end;
  end if;
  grant usage on schema public to doorlist_app;
  grant select, insert, update, delete on all tables in schema public to doorlist_app;
  alter default privileges in schema public grant select, insert, update, delete on tables to doorlist_app;
end $$;

-- Rows reach the audit log through its parent table only, where the policy stands, and never change there.
create function seal_audit_partitions() returns void language plpgsql as $$
declare
  part regclass;
begin
  if not exists (select from pg_roles where rolname = 'doorlist_app') then
    return;
  end if;
  revoke update, delete, truncate on audit_event from doorlist_app;
  for part in select inhrelid::regclass from pg_inherits where inhparent = 'audit_event'::regclass loop
    execute format('revoke all on %s from doorlist_app', part);
  end loop;
end $$;
select seal_audit_partitions();
