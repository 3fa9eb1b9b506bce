-- Owner: src/audit. One row for each change of an object, written by the same statement as the change. The log is also
-- the outbox: followers read it in commit order (xid below the oldest running transaction) and remember how far they got.

create table audit_event (
  id uuid not null,
  tenant_id uuid not null,
  -- When it was written, not when its transaction began: who waited for a lock comes after those it waited for.
  at timestamptz(3) not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  actor_type text not null check (actor_type in ('idp', 'administrator', 'operator', 'system')),
  actor_id uuid,
  actor_name text not null,
  idp_id uuid,
  action text not null check (action in ('create', 'update', 'delete', 'read')),
  object_type text not null,
  object_id uuid,
  object_name text not null,
  result text not null check (result in ('success', 'failure')),
  change text, -- JSON: {"before": {…}, "after": {…}} or {"reason": "…"}; secrets are never in it
  request_id text,
  source_address text
) partition by range (at);

create index audit_event_browse on audit_event (tenant_id, at desc, id desc);
-- The history of one object, the newest change first.
create index audit_event_object on audit_event (object_id, at desc) where result = 'success';

-- Makes the partitions of this month and of the months ahead; run at start and once a day. There is no default partition:
-- with one, reading the newest events of an object would have to look into every month. Runs as its owner, because the
-- service's own role may only insert.
create function ensure_audit_partitions(months_ahead integer) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  first_day date;
begin
  for offset_months in 0..months_ahead loop
    first_day := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => offset_months))::date;
    execute format('create table if not exists %I partition of audit_event for values from (%L) to (%L)',
      'audit_event_' || to_char(first_day, 'YYYY_MM'),
      to_char(first_day, 'YYYY-MM-DD') || ' 00:00:00+00',
      to_char(first_day + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
  end loop;
  if to_regproc('seal_audit_partitions') is not null then
    perform seal_audit_partitions();
  end if;
end $$;
select ensure_audit_partitions(12);
select protect_table('audit_event');
