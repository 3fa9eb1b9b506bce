-- Owner: src/sign-in. Identity providers end sessions by the subject alone, and sign-ins that are under way.
create index user_session_subject on user_session (idp_id, subject);
create index user_attempt_idp on user_attempt (idp_id) where user_id is not null;
