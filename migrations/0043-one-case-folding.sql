-- Owner: src/directory. Text is compared and ordered the same way whatever the database's locale, and as in memory.

-- The same form as caseKey() of protocol/scim makes: NFKC, lower case, one form of sigma. Characters that are newer than the
-- tables of a supported PostgreSQL are mapped by name. ASCII, which most text is, is spared all of that.
do $$
declare
  newer constant text := $q$translate($1, U&'\+01e030\+01e031\+01e032\+01e033\+01e034\+01e035\+01e036\+01e037\+01e038\+01e039\+01e03a\+01e03b\+01e03c\+01e03d\+01e03e\+01e03f\+01e040\+01e041\+01e042\+01e043\+01e044\+01e045\+01e046\+01e047\+01e048\+01e049\+01e04a\+01e04b\+01e04c\+01e04d\+01e04e\+01e04f\+01e050\+01e051\+01e052\+01e053\+01e054\+01e055\+01e056\+01e057\+01e058\+01e059\+01e05a\+01e05b\+01e05c\+01e05d\+01e05e\+01e05f\+01e060\+01e061\+01e062\+01e063\+01e064\+01e065\+01e066\+01e067\+01e068\+01e069\+01e06a\+01e06b\+01e06c\+01e06d\+01ccd6\+01ccd7\+01ccd8\+01ccd9\+01ccda\+01ccdb\+01ccdc\+01ccdd\+01ccde\+01ccdf\+01cce0\+01cce1\+01cce2\+01cce3\+01cce4\+01cce5\+01cce6\+01cce7\+01cce8\+01cce9\+01ccea\+01cceb\+01ccec\+01cced\+01ccee\+01ccef\+01ccf0\+01ccf1\+01ccf2\+01ccf3\+01ccf4\+01ccf5\+01ccf6\+01ccf7\+01ccf8\+01ccf9\+00a7cb\+00a7cc\+00a7ce\+00a7d0\+00a7d2\+00a7d4\+00a7d6\+00a7d8\+00a7da\+00a7dc\+00a7f1\+00a7f2\+00a7f3\+00a7f4\+010d50\+010d51\+010d52\+010d53\+010d54\+010d55\+010d56\+010d57\+010d58\+010d59\+010d5a\+010d5b\+010d5c\+010d5d\+010d5e\+010d5f\+010d60\+010d61\+010d62\+010d63\+010d64\+010d65\+016ea0\+016ea1\+016ea2\+016ea3\+016ea4\+016ea5\+016ea6\+016ea7\+016ea8\+016ea9\+016eaa\+016eab\+016eac\+016ead\+016eae\+016eaf\+016eb0\+016eb1\+016eb2\+016eb3\+016eb4\+016eb5\+016eb6\+016eb7\+016eb8\+001c89',
    U&'\+000430\+000431\+000432\+000433\+000434\+000435\+000436\+000437\+000438\+00043a\+00043b\+00043c\+00043e\+00043f\+000440\+000441\+000442\+000443\+000444\+000445\+000446\+000447\+000448\+00044b\+00044d\+00044e\+00a689\+0004d9\+000456\+000458\+0004e9\+0004af\+0004cf\+000430\+000431\+000432\+000433\+000434\+000435\+000436\+000437\+000438\+00043a\+00043b\+00043e\+00043f\+000441\+000443\+000444\+000445\+000446\+000447\+000448\+00044a\+00044b\+000491\+000456\+000455\+00045f\+0004ab\+00a651\+0004b1abcdefghijklmnopqrstuvwxyz0123456789\+000264\+00a7cd\+00a7cf\+00a7d1\+00a7d3\+00a7d5\+00a7d7\+00a7d9\+00a7db\+00019bscfq\+010d70\+010d71\+010d72\+010d73\+010d74\+010d75\+010d76\+010d77\+010d78\+010d79\+010d7a\+010d7b\+010d7c\+010d7d\+010d7e\+010d7f\+010d80\+010d81\+010d82\+010d83\+010d84\+010d85\+016ebb\+016ebc\+016ebd\+016ebe\+016ebf\+016ec0\+016ec1\+016ec2\+016ec3\+016ec4\+016ec5\+016ec6\+016ec7\+016ec8\+016ec9\+016eca\+016ecb\+016ecc\+016ecd\+016ece\+016ecf\+016ed0\+016ed1\+016ed2\+016ed3\+001c8a')$q$;
  folded constant text := format($q$normalize(replace(lower(replace(normalize(%s, nfkc), U&'\0130', U&'i\0307') collate %%s), U&'\03C2', U&'\03C3'), nfkc)$q$, newer);
  lowering text;
  body text;
begin
  -- Before 17 there is no collation that is the same everywhere and lowers more than ASCII. The C library's own is next best;
  -- it is named as the machine spells it.
  select quote_ident(collname) into lowering from pg_collation
    where collnamespace = 'pg_catalog'::regnamespace and collname in ('pg_c_utf8', 'C.UTF-8', 'C.utf8', 'und-x-icu')
      and collencoding in (-1, pg_char_to_encoding('UTF8'))
    order by array_position(array['pg_c_utf8', 'C.UTF-8', 'C.utf8', 'und-x-icu'], collname::text) limit 1;
  if lowering is null then
    raise exception 'this PostgreSQL has none of the collations pg_c_utf8, C.UTF-8, C.utf8 and und-x-icu';
  end if;
  body := format(folded, lowering);
  execute 'create or replace function case_key(text) returns text language sql immutable parallel safe return '
    || 'case when octet_length($1) = length($1) then lower($1 collate "C") else (' || body || ') collate "C" end';
end $$;

drop trigger end_attempts on directory_user; -- a column that a trigger names can't be altered
alter table directory_user alter column user_name_key type text collate "C", alter column display_name_key type text collate "C",
  alter column external_id type text collate "C";
create trigger end_attempts after update of user_name_key, external_id on directory_user for each row
  when (old.user_name_key <> new.user_name_key or old.external_id is distinct from new.external_id)
  execute function end_attempts();
alter table directory_group alter column display_name_key type text collate "C", alter column unique_name_key type text collate "C",
  alter column external_id type text collate "C";
select set_config('app.tenant', 'system', true);
update directory_user set display_name_key = case_key(display_name) where display_name ~ 'ς';
update directory_group set display_name_key = case_key(display_name),
  unique_name_key = case when unique_name_key is not null then case_key(display_name) end where display_name ~ 'ς';
