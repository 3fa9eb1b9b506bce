-- Owner: src/audit. Every event gets a position as it is written, and a seal covers a range of positions. Transaction ids
-- and clocks start anew after a restore or a failover; positions are data and come along.

create sequence audit_event_position;
alter table audit_event add column position bigint not null default nextval('audit_event_position');
alter table audit_event drop column xid;
-- New positions all go to the end of this index, where an insert costs about a microsecond.
create index audit_event_position_order on audit_event (position);

-- Nothing has been released with the old seals; the sealer makes new ones from the first event on.
drop function seal_of;
drop table audit_seal;
create table audit_seal (
  tenant_id uuid not null,
  number bigint not null,
  until_position bigint not null, -- seals the tenant's events above the previous seal's position, up to this one
  events bigint not null,
  -- The oldest and the newest time in its events: where to look for them along audit_event_browse.
  first_at timestamptz(3) not null,
  last_at timestamptz(3) not null,
  digest bytea not null, -- SHA-256 of the previous seal's digest and the events
  sealed_at timestamptz(3) not null default clock_timestamp(),
  primary key (tenant_id, number)
);
create index audit_seal_position on audit_seal (until_position);
comment on table audit_seal is 'Chain of digests, one for each tenant, that proves the audit log; made after the commit';
select protect_table('audit_seal');
do $$
begin
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    revoke update, delete, truncate on audit_seal from doorlist_app;
    grant usage, select on sequence audit_event_position to doorlist_app;
  end if;
end $$;
