-- Owner: src/tenancy. What the pages of a tenant's people show on top: its logo, beside its name.

create table tenant_logo (
  tenant_id uuid primary key references tenant on delete cascade,
  type text not null check (type in ('image/png', 'image/jpeg', 'image/webp')),
  content bytea not null check (octet_length(content) between 1 and 262144),
  hash text not null, -- of the content; part of its address, which so may be kept for ever
  created_at timestamptz(3) not null default now()
);

select protect_table('tenant_logo');
