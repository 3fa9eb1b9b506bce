-- Owner: src/directory. The groups of a user leave the database as short lines, one for each group: its id, `d` for direct
-- or `i` for indirect, and its name as JSON. The service writes the JSON of SCIM around them (RFC 7643 §4.1.2), so that a
-- user in thousands of groups costs the database a fourth of what the whole answer has.
drop function effective_group_elements(uuid, uuid, text);
drop function group_element(text, uuid, text, text);

create function group_line(id uuid, type text, display_name text) returns text language sql stable
  return id || left(type, 1) || to_json(display_name);

create function effective_group_lines(tenant uuid, member uuid) returns text language sql stable
  set search_path = public, pg_temp
  as $$
    select string_agg(group_line(g.id, m.type, g.display_name), E'\n' order by g.id)
    from effective_groups(tenant, array[member]) m join directory_group g on g.id = m.group_id
  $$;
select allow_service('execute on function ' || name) from unnest(array[
  'group_line(uuid, text, text)', 'effective_group_lines(uuid, uuid)']) as name;
