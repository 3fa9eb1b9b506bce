-- Owner: src/audit. The log is sealed after the fact, in the background: each seal holds the SHA-256 of the one before it
-- and of all events of a tenant that were committed since, so that none can be altered or taken away unseen.

create table audit_seal (
  tenant_id uuid not null,
  number bigint not null,
  until_xid xid8 not null, -- seals the tenant's events with a transaction id from the previous seal's on, below this one
  events bigint not null,
  digest bytea not null,
  sealed_at timestamptz(3) not null default clock_timestamp(),
  primary key (tenant_id, number)
);
select protect_table('audit_seal');
do $$
begin
  if exists (select from pg_roles where rolname = 'doorlist_app') then
    revoke update, delete, truncate on audit_seal from doorlist_app;
  end if;
end $$;

-- What a seal says of a tenant's events: how many, and their digest on top of the one before. Events are found by the time
-- at which they were written, give or take a minute: no transaction that writes one lives that long, since every
-- statement is cut off after seconds.
create function seal_of(tenant uuid, previous bytea, from_xid xid8, to_xid xid8, since timestamptz, till timestamptz,
    out events bigint, out digest bytea)
  language sql stable set timezone = 'UTC'
  as $$
    select count(*), sha256(previous || convert_to(coalesce(string_agg(json_build_array(e.id, e.tenant_id, e.at, e.xid::text,
      e.actor_type, e.actor_id, e.actor_name, e.idp_id, e.action, e.object_type, e.object_id, e.object_name, e.result, e.change,
      e.request_id, e.source_address)::text, E'\n' order by e.xid, e.id), ''), 'UTF8'))
    from audit_event e
    where e.tenant_id = tenant and e.at >= since - interval '1 minute' and e.at <= till + interval '1 minute' and e.xid >= from_xid and e.xid < to_xid
  $$;
