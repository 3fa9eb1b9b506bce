-- Owner: src/sign-in. What happens to sessions and remembered browsers when an administrator changes what second factor is
-- asked for.

-- What the sign-in met that demand with: a method of ours (also one that was proven earlier in a remembered browser),
-- `recovery`, or `external`; null: nothing was asked for.
alter table user_session add column factor text;

-- The method that was proven when the browser was remembered; it has to be allowed for as long as the browser is remembered.
alter table user_device add column factor text;

-- Ends the sessions that would not come about by what is asked for now. Sign-ins under way are judged when they end, under
-- a lock of the identity provider's row (sign-in/standing.ts), so that none slips through.
create function end_sessions_without_factor() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_session s where s.idp_id = new.id and (case new.mfa
    when 'mandatory' then s.factor = 'recovery' or s.factor = any(new.mfa_methods)
    else s.factor = 'external'
      and (new.mfa_demand = '{}' or (old.mfa = 'external' and old.mfa_demand = new.mfa_demand))
    end) is not true;
  return null;
end $$;
create trigger end_sessions_without_factor after update of mfa, mfa_methods, mfa_demand on identity_provider for each row
  when (new.mfa <> 'none' and (old.mfa <> new.mfa or old.mfa_methods <> new.mfa_methods or old.mfa_demand <> new.mfa_demand))
  execute function end_sessions_without_factor();

-- As in 0026, but sign-ins under way end first: whoever completes one at this moment holds its row until the session is
-- there, and that session has to be seen. Otherwise it comes back to life when the user is activated again.
create or replace function end_sign_in() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  delete from user_attempt where user_id = new.id;
  delete from user_session where user_id = new.id;
  delete from user_device where user_id = new.id;
  delete from user_link where user_id = new.id;
  if new.deleted_at is not null then
    delete from user_identity where user_id = new.id;
    delete from user_enrolment where user_id = new.id;
    delete from user_address_factor where user_id = new.id;
    delete from user_password where user_id = new.id;
    delete from factor_totp where user_id = new.id;
    delete from factor_passkey where user_id = new.id;
    delete from factor_recovery_code where user_id = new.id;
  end if;
  return null;
end $$;
