-- Owner: src/audit. Failures are few and looked for; an event that succeeded, as nearly all do, costs nothing here.
create index audit_event_failure on audit_event (tenant_id, at desc, id desc) where result = 'failure';
