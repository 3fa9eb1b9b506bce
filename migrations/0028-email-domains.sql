-- Owner: src/identity-providers. The tenant's e-mail domains, and the identity provider that people of each sign in through.

create table email_domain (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  -- As it stands in DNS: lower case, letters beyond ASCII in their xn-- form.
  domain text not null,
  idp_id uuid references identity_provider on delete set null,
  -- Only a verified domain leads anywhere.
  state text not null default 'pending' check (state in ('pending', 'verified', 'lost')),
  verified_at timestamptz(3),
  checked_at timestamptz(3),
  -- Since when DNS says that the record of a verified domain is gone; null: it is there, or DNS does not answer.
  missing_since timestamptz(3),
  created_at timestamptz(3) not null default now(),
  unique (tenant_id, domain)
);
create index email_domain_idp on email_domain (idp_id);
create index email_domain_check on email_domain (checked_at) where state = 'verified';

select protect_table('email_domain');
