-- Owner: src/platform. These triggers run as the owner of their tables after a cascade, and must not resolve names by the
-- search path of the session (decision 0022).
alter function count_account_change() set search_path = public, pg_temp;
alter function count_factor_change() set search_path = public, pg_temp;
alter function void_what_was_issued() set search_path = public, pg_temp;
