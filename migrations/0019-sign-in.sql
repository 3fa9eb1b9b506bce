-- Owner: src/sign-in. How the people of an identity provider sign in, and stay signed in.

-- Enrolment and activation; no row: the person has never signed in. Apart from the user's row, which provisioning writes often.
create table user_enrolment (
  user_id uuid primary key references directory_user on delete cascade,
  tenant_id uuid not null,
  enrolled_at timestamptz(3),
  activated_at timestamptz(3),
  personal_desktop text
);
create index user_enrolment_waiting on user_enrolment (tenant_id, enrolled_at) where activated_at is null;

-- Whom (issuer, subject) of an identity provider is: written at the first sign-in, and the key from then on.
create table user_identity (
  idp_id uuid not null references identity_provider on delete cascade,
  issuer text not null,
  subject text not null,
  tenant_id uuid not null,
  user_id uuid not null references directory_user on delete cascade,
  linked_at timestamptz(3) not null default now(),
  primary key (idp_id, issuer, subject)
);
create index user_identity_user on user_identity (user_id);

-- One sign-in under way. The browser holds a token, here is its SHA-256. State, nonce, code verifier and the ID of an
-- AuthnRequest are derived from the token, so that nothing of them is kept.
create table user_attempt (
  id uuid primary key,
  tenant_id uuid not null references tenant on delete cascade,
  idp_id uuid not null references identity_provider on delete cascade,
  digest bytea not null unique,
  return_to text not null,
  -- What was proven so far; its words are those of src/sign-in/attempts.ts.
  proven jsonb not null default '{}',
  user_id uuid references directory_user on delete cascade,
  expires_at timestamptz not null
);
create index user_attempt_expiry on user_attempt (expires_at);
create index user_attempt_user on user_attempt (user_id);

create table user_session (
  id uuid primary key,
  tenant_id uuid not null,
  idp_id uuid not null references identity_provider on delete cascade,
  user_id uuid not null references directory_user on delete cascade,
  digest bytea not null unique,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  -- When the second factor was proven, here or (as demanded) at the identity provider; null: it was not asked for.
  factor_at timestamptz(3),
  -- How the identity provider knows this session, for its logout requests.
  subject text,
  session_index text,
  source_address text,
  user_agent text
);
create index user_session_user on user_session (user_id);
create index user_session_idp on user_session (idp_id, session_index);
create index user_session_age on user_session (created_at);

-- Assertions and logout tokens that were taken: each counts once, on every process.
create table used_message (
  idp_id uuid not null references identity_provider on delete cascade,
  message_id text not null,
  tenant_id uuid not null,
  expires_at timestamptz not null,
  primary key (idp_id, message_id)
);
create index used_message_expiry on used_message (expires_at);

-- Who is deactivated, disabled or deleted loses every session in the same transaction, whoever did it, so that none comes
-- back with a later `active: true`. Who is deleted in the portal is enrolled anew when the identity provider brings them back.
create function end_sign_in() returns trigger language plpgsql as $$
begin
  delete from user_session where user_id = new.id;
  delete from user_attempt where user_id = new.id;
  if new.deleted_at is not null then
    delete from user_identity where user_id = new.id;
    delete from user_enrolment where user_id = new.id;
  end if;
  return null;
end $$;
create trigger end_sign_in after update of active, deleted_at on directory_user for each row
  when ((old.active and not new.active) or (old.deleted_at is null and new.deleted_at is not null))
  execute function end_sign_in();

create function end_sign_ins() returns trigger language plpgsql as $$
begin
  delete from user_session where idp_id = new.id;
  delete from user_attempt where idp_id = new.id;
  return null;
end $$;
create trigger end_sign_ins after update of enabled on identity_provider for each row
  when (old.enabled and not new.enabled) execute function end_sign_ins();

select protect_table('user_enrolment'), protect_table('user_identity'), protect_table('user_attempt'),
  protect_table('user_session'), protect_table('used_message');
