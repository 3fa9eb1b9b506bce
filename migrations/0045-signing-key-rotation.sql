-- Owner: src/access. Keys that sign Remote-Token are replaced while they are in use: the next one is published before it signs,
-- the one before stays published until its tokens have expired. Revoked keys are deleted.

-- Not rounded: a key that signs from now on must do so in this very transaction.
alter table gateway_key add column signs_from timestamptz not null default now();
-- Null: no other key follows yet.
alter table gateway_key add column signs_until timestamptz;

drop index gateway_key_newest;
create index gateway_key_signing on gateway_key (tenant_id, signs_from desc, id desc);
create index gateway_key_ended on gateway_key (signs_until) where signs_until is not null;

select allow_service('update, delete on gateway_key');
