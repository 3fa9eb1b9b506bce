-- Owner: src/directory and src/audit. What every write of a user and of an event paid for without need.

-- With an index on the time of change no change of a user could stay in its page (HOT): each one wrote all indexes anew.
-- Lists by `meta.lastModified` read the identity provider's users instead.
drop index directory_user_changed;
alter table directory_user set (fillfactor = 85); -- room in each page for one more version of a user

-- PostgreSQL reads and plans a generated column's expression, and each check, anew in every statement that writes. The key
-- is written by src/directory now; the values of an event are fixed by the types of src/audit/record.ts.
alter table directory_user alter column display_name_key drop expression;
alter table audit_event drop constraint audit_event_actor_type_check, drop constraint audit_event_action_check,
  drop constraint audit_event_result_check;
