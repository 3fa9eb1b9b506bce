-- Owner: src/identity-providers

-- Beside names that nobody declared: attributes whose values are converted because the identity provider has a habit of its
-- own, such as numbers for text. Still names alone, never a value.
alter table unknown_attribute add column habit text not null default '',
  drop constraint unknown_attribute_pkey,
  add primary key (idp_id, resource_type, name_key, habit);
