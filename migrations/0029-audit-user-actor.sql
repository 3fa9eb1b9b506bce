-- Owner: src/audit. People act for themselves, too: they sign in and enrol.
alter table audit_event drop constraint audit_event_actor_type_check;
alter table audit_event add constraint audit_event_actor_type_check
  check (actor_type in ('idp', 'administrator', 'operator', 'system', 'user'));
