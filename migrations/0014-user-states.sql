-- Owner: src/directory. Users who are not active are few: counting them, and finding them, reads this index alone. The
-- active ones are the rest, and cost nothing here.
create index directory_user_not_active on directory_user (tenant_id, id) include (idp_id, disabled_at, deleted_at)
  where not active;
