-- Owner: src/access. An application's address is unique within its tenant: the gateway's address names the tenant.

alter table application drop constraint application_origin_key;
create unique index application_origin on application (tenant_id, origin);
