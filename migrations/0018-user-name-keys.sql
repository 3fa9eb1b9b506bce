-- Owner: src/directory. The keys of user names are composed once more after their case is taken out, and know one small
-- sigma only, as userNameKey() of protocol/scim makes them. Where two users have been let in whose names are one by that,
-- one of them keeps its old key until its userName is written again.
select set_config('app.tenant', 'system', true);

update directory_user u set user_name_key = fresh.key
  from (
    select distinct on (n.idp_id, n.key) n.id, n.idp_id, n.key
      from (select id, idp_id, user_name_key, replace(normalize(user_name_key, nfkc), 'ς', 'σ') as key
        from directory_user where user_name_key ~ '[^ -~]') n
      where n.key <> n.user_name_key
      order by n.idp_id, n.key, n.id
  ) fresh
  where u.id = fresh.id
    and not exists (select from directory_user o where o.idp_id = fresh.idp_id and o.user_name_key = fresh.key);

select set_config('app.tenant', '', true);
