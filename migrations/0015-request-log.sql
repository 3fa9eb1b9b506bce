-- Owner: src/request-log. What identity providers asked over SCIM and how it was answered: kept for days, for people who
-- look into a sync. Written in batches after the answer; never part of a change, never needed by one.

-- One request. Its id is the `request_id` of the audit events that it caused; those are found by the time of the request,
-- along audit_event_browse: an index of random ids would make every audited write dearer.
create table scim_request (
  id uuid not null,
  tenant_id uuid not null,
  idp_id uuid not null,
  at timestamptz(3) not null, -- of its arrival, by the clock of the process
  milliseconds real not null,
  credential_id uuid, -- null: it was refused before it was known to have any
  method text not null,
  path text not null, -- below the endpoint of the identity provider
  query text not null default '',
  operation text not null,
  object_type text,
  object_id uuid,
  object_name text,
  status smallint not null,
  failed boolean not null,
  scim_type text,
  detail text,
  request_body text, -- masked, and cut where it is long; null: none, or not kept
  request_bytes integer not null,
  answer_body text,
  answer_bytes integer not null,
  user_agent text not null default '',
  source_address text,
  primary key (id, at)
) partition by range (at);
create index scim_request_browse on scim_request (tenant_id, idp_id, at desc, id desc);
create index scim_request_failed on scim_request (tenant_id, at desc, id desc) where failed;
create index scim_request_failed_of on scim_request (tenant_id, idp_id, at desc, id desc) where failed;
-- Anybody can be refused, so what was refused at the door is counted apart when there is too much.
create index scim_request_stranger on scim_request (idp_id, at desc) where credential_id is null;
select protect_table('scim_request');

-- Makes the partitions of today and tomorrow, and drops whole days: those that are older than may be kept, and the oldest
-- while all together take more room than they may. Runs as its owner, because the service's own role may not drop tables.
create function keep_scim_request_days(days integer, most_bytes bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  today date := (now() at time zone 'UTC')::date;
  part record;
  free bigint := most_bytes;
begin
  if not pg_try_advisory_xact_lock(hashtext('keep_scim_request_days')) then
    return; -- another process is at it
  end if;
  for part in select c.oid::regclass as name, pg_total_relation_size(c.oid) as bytes,
      to_date(right(c.relname, 10), 'YYYY_MM_DD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'scim_request'::regclass order by c.relname desc
  loop
    free := free - case when part.day > today then 0 else part.bytes end;
    if part.day < today - days or days = 0 or (free < 0 and part.day <= today) then
      execute format('drop table %s', part.name);
    end if;
  end loop;
  for ahead in 0..1 loop
    if days > 0 and to_regclass('scim_request_' || to_char(today + ahead, 'YYYY_MM_DD')) is null then
      execute format('create table %I partition of scim_request for values from (%L) to (%L)',
        'scim_request_' || to_char(today + ahead, 'YYYY_MM_DD'),
        to_char(today + ahead, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(today + ahead + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
      if exists (select from pg_roles where rolname = 'doorlist_app') then
        -- Rows are reached through the parent table only, where the policy stands.
        execute format('revoke all on %I from doorlist_app', 'scim_request_' || to_char(today + ahead, 'YYYY_MM_DD'));
      end if;
    end if;
  end loop;
end $$;

-- How much came in each hour, for a month; complete also where single requests are not kept.
create table scim_hour (
  tenant_id uuid not null,
  idp_id uuid not null,
  hour timestamptz not null,
  requests bigint not null,
  look_ups bigint not null,
  created bigint not null,
  changed bigint not null,
  deactivated bigint not null,
  deleted bigint not null,
  failed bigint not null,
  unkept bigint not null, -- of the requests, those of which no row was written
  primary key (idp_id, hour)
);
create index scim_hour_tenant on scim_hour (tenant_id, hour);
select protect_table('scim_hour');
