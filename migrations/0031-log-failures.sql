-- Owner: src/logs. As in 0013: failures are few and looked for, such as sign-ins that were refused; an event that succeeded
-- costs nothing here.
create index activity_event_failure on activity_event (tenant_id, at desc, id desc) where result = 'failure';
create index system_event_failure on system_event (at desc, id desc) where result = 'failure';
