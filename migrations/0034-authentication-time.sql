-- Owner: src/sign-in. When users really proved who they are, which can be long before their session began here.

-- The identity provider's answer has to be newer than this where it was asked to sign the user in again.
alter table user_attempt add column begun_at timestamptz(3) not null default now();

-- When the user entered a password, here or at the identity provider; null: the identity provider does not say. Limits on
-- the age of a session count from here, and treat null as too old. The limits on our own session count from created_at.
alter table user_session add column authenticated_at timestamptz(3);
