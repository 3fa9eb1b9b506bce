-- Owner: src/gateways. The processes that serve, and when one of them was away. They are the service's, not a tenant's:
-- tenant_id is null, and only work above tenants sees the rows.

create table gateway (
  name text primary key,
  tenant_id uuid check (tenant_id is null),
  instance uuid not null, -- one run of the process: who starts under the same name takes it over
  version text not null,
  address text not null,
  role text not null,
  started_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  stopped_at timestamptz(3), -- stopped as it was told to
  lost_at timestamptz(3)     -- when it was noticed that nothing is heard of it
);

create table gateway_absence (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid check (tenant_id is null),
  gateway text not null,
  cause text not null check (cause in ('lost', 'stopped', 'database')),
  since timestamptz(3) not null,
  until timestamptz(3) -- null: still away
);
create index gateway_absence_gateway on gateway_absence (gateway, since desc);
create index gateway_absence_open on gateway_absence (gateway) where until is null;
create index gateway_absence_since on gateway_absence (since desc);
select protect_table('gateway'), protect_table('gateway_absence');
