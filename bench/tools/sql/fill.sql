-- :n users for the pgbench scripts: tenant 9, ids md5(i), about 1.4 kB of JSON each.
insert into f_user (tenant, id, user_name, external_id, doc, docb)
select 9, md5(i::text)::uuid, 'U' || i || '@corp.example', 'ext-' || i, d, d::jsonb from generate_series(1, :n) i,
 lateral (select json_build_object('schemas', json_build_array('urn:ietf:params:scim:schemas:core:2.0:User','urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'),
  'id', md5(i::text)::uuid, 'externalId', 'ext-' || i, 'userName', 'U' || i || '@corp.example',
  'name', json_build_object('givenName','Chidi','familyName','Lindqvist','formatted','Chidi Lindqvist'), 'displayName','Chidi Lindqvist','active',true,
  'emails', json_build_array(json_build_object('value','U' || i || '@corp.example','type','work','primary',true), json_build_object('value','chidi.' || i || '@home.example','type','home','primary',false)),
  'title','Senior Field Engineer','userType','Employee','preferredLanguage','en-GB','locale','en-GB','timezone','Europe/Berlin',
  'phoneNumbers', json_build_array(json_build_object('value','+49 30 ' || i,'type','work','primary',true), json_build_object('value','+49 171 ' || i,'type','mobile')),
  'addresses', json_build_array(json_build_object('type','work','streetAddress',(i % 300) || ' Example Street','locality','Berlin','region','BE','postalCode','10115','country','DE','primary',true)),
  'roles', json_build_array(json_build_object('value','engineer','display','Engineer','type','app','primary',true)),
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', json_build_object('employeeNumber',(700000+i)::text,'costCenter','CC-' || i % 40,'organization','Example Corp','division','Field','department','Dept ' || i % 25),
  'meta', json_build_object('resourceType','User','created','2026-01-01T00:00:00.000Z','lastModified','2026-01-01T00:00:00.000Z','location','https://scim.example/scim/v2/Users/' || md5(i::text)::uuid,'version','W/"1"'))::text d) x;
insert into f_group (tenant, id, display) select 9, md5('g' || g)::uuid, 'Group ' || g from generate_series(1, 20) g;
insert into f_member (tenant, group_id, user_id) select 9, md5('g' || g)::uuid, md5(i::text)::uuid from generate_series(1, least(:n, 100000)) i, lateral (values (1 + i % 19)) v(g);
insert into f_member (tenant, group_id, user_id) select 9, md5('g20')::uuid, md5(i::text)::uuid from generate_series(1, least(:n, 99900)) i;
