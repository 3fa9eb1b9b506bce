-- Owner: src/directory. How the portal finds people by a part of their name.

-- Both indexes of names are read from end to end, and nothing else: some 10 MB for 100,000 users, where their rows are
-- 200 MB. The policy of the table would ask for each row, so this looks past it, at one identity provider, and gives away
-- nothing but ids; the rows are then read under the policy. @param name, title in the forms in which the two are compared
create function users_named(idp uuid, name text, title text, most integer) returns setof uuid
  language sql stable security definer rows 100 set search_path = public, pg_temp
  as $$
    with names as materialized (
      select user_name_key as key from directory_user
      where idp_id = idp and strpos(user_name_key, name) > 0 limit most),
    titles as materialized (
      select display_name_key as key from directory_user
      where idp_id = idp and strpos(display_name_key, title) > 0 limit most)
    select found.id from (
      select u.id from names join directory_user u on u.idp_id = idp and u.user_name_key = names.key
      union
      select u.id from (select distinct key from titles) t
      cross join lateral (
        select u.id from directory_user u where u.idp_id = idp and u.display_name_key = t.key limit most) u) found
    limit most
  $$;
