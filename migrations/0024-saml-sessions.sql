-- Owner: src/sign-in. What a SAML identity provider says of a session beside its subject and index.
alter table user_session
  -- Of the NameID: a LogoutRequest has to name it just as the assertion did.
  add column name_id_format text,
  -- SessionNotOnOrAfter: the identity provider's own end of it.
  add column ends_at timestamptz(3);
