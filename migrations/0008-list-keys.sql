-- Owner: src/directory. Indexes that lists are read along.

-- A list also names its tenant, and row-level security does: with the tenant in the index, counting a list and walking it
-- to a far page read the index alone.
drop index directory_user_page;
create index directory_user_page on directory_user (idp_id, id) include (tenant_id);
drop index directory_group_page;
create index directory_group_page on directory_group (idp_id, id) include (tenant_id);

-- Under row-level security an index on an expression is used only where its functions are leakproof, and those of
-- case_key() are not; on a column it is used.
alter table directory_user add column display_name_key text generated always as (case_key(display_name)) stored;
drop index directory_user_display_name;
create index directory_user_display_name on directory_user (idp_id, display_name_key);
