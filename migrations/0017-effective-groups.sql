-- Owner: src/directory. A user also belongs to the groups that hold a group of theirs (RFC 7643 §4.1.2, `indirect`).

-- Memberships of groups in groups, by tenant. Most tenants have none; one look into this index says so, and their users'
-- groups are then read as plain rows.
create index group_member_nested on group_member (tenant_id) where member_type = 'Group';

-- The groups of some members, directly or through other groups; `direct` where both. `union` keeps a step once, so groups
-- that hold each other end the walk. Its own search_path keeps it from becoming a part of the statements that name it:
-- they are the hottest there are, and preparing this walk would cost those that never take it.
create function effective_groups(tenant uuid, members uuid[])
  returns table (member_id uuid, group_id uuid, type text)
  language sql stable rows 10 set search_path = public, pg_temp
  as $$
    with recursive up as (
      select m.member_id, m.group_id, true as direct from group_member m
        where m.member_id = any(members) and m.tenant_id = tenant
      union
      select up.member_id, m.group_id, false from up join group_member m on m.member_id = up.group_id
        where m.tenant_id = tenant)
    select up.member_id, up.group_id, case when bool_or(up.direct) then 'direct' else 'indirect' end
      from up group by up.member_id, up.group_id
  $$;
