-- Owner: src/administrators. Sessions of administrators that are over are deleted by housekeeping, which finds them by their age.
create index administrator_session_age on administrator_session (created_at);
create index administrator_session_idle on administrator_session (last_seen_at);
