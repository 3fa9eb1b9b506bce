-- Owner: src/jobs. A job may be about one object, such as an identity provider: its newest job says whether it is finished.
alter table job add column object_id uuid;
update job set object_id = (payload ->> 'idpId')::uuid where payload ? 'idpId';
create index job_of_object on job (tenant_id, object_id, kind, id) where object_id is not null;
