-- Owner: src/request-log. Totals that can be written again after a lost answer, and a log that gives up its oldest minutes first.

-- Each writer keeps its own row and writes its whole count, so that writing twice changes nothing. Readers add rows up.
alter table scim_hour add column writer uuid not null default gen_random_uuid();
alter table scim_hour alter column writer drop default;
alter table scim_hour drop constraint scim_hour_pkey;
alter table scim_hour add primary key (idp_id, hour, writer);

-- Creates the partitions of today and tomorrow. Drops partitions that are older than may be kept, and the oldest ones while
-- all together take more room than they may. A partition that has grown to an eighth of the room ends in two minutes and is
-- followed by another, so that whatever has to go is old. Runs as its owner, because the service may not create tables.
create or replace function keep_scim_request_days(days integer, most_bytes bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  today date := (now() at time zone 'UTC')::date;
  part record;
  free bigint := most_bytes;
  split timestamptz := date_trunc('minute', now()) + interval '2 minutes';
begin
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

create function scim_request_partitions(out name regclass, out bytes bigint, out from_at timestamptz, out to_at timestamptz)
  returns setof record language sql stable set timezone = 'UTC' as $$
    select c.oid::regclass, pg_total_relation_size(c.oid), (b.bounds)[1]::timestamptz, (b.bounds)[2]::timestamptz
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    cross join lateral (
      select regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\) TO \(''([^'']+)''\)') as bounds) b
    where i.inhparent = 'scim_request'::regclass
$$;

-- Does nothing where the span begins inside a partition that is there.
create function create_scim_request_partition(from_at timestamptz, to_at timestamptz) returns void
  language plpgsql set timezone = 'UTC' as $$
declare
  name text := 'scim_request_' || to_char(from_at, case when from_at = date_trunc('day', from_at) then 'YYYY_MM_DD' else 'YYYY_MM_DD_HH24MI' end);
begin
  if exists (select from scim_request_partitions() p where p.from_at < create_scim_request_partition.to_at
      and p.to_at > create_scim_request_partition.from_at) then
    return;
  end if;
  execute format('create table %I partition of scim_request for values from (%L) to (%L)', name, from_at, to_at);
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    -- Rows are reached through the parent table only, where the policy stands.
    execute format('revoke all on %I from doorlist_app', name);
  end if;
end $$;

-- A clock that is far ahead may have written rows beyond the split already; then the partition is left for the next time.
create function split_scim_request_partition(name regclass, from_at timestamptz, split timestamptz, to_at timestamptz)
  returns void language plpgsql set timezone = 'UTC' as $$
declare
  is_ahead boolean;
begin
  execute format('select exists (select from %s where at >= %L)', name, split) into is_ahead;
  if is_ahead then
    return;
  end if;
  execute format('alter table scim_request detach partition %s', name);
  execute format('alter table scim_request attach partition %s for values from (%L) to (%L)', name, from_at, split);
  perform create_scim_request_partition(split, to_at);
end $$;

revoke all on function scim_request_partitions(), create_scim_request_partition(timestamptz, timestamptz),
  split_scim_request_partition(regclass, timestamptz, timestamptz, timestamptz) from public;
