-- Owner: src/identity-providers. What signing in and enrolment ask of the people of an identity provider.

alter table identity_provider
  add column mfa_methods text[] not null default '{totp}'
    check (mfa_methods <@ '{totp,passkey,email,phone}'::text[]),
  -- External MFA: what the identity provider must have said of the sign-in, one of the listed. Empty: it is trusted.
  -- {"amr": […], "acr": […]} for oidc, {"authnContext": […]} for saml.
  add column mfa_demand jsonb not null default '{}',
  -- Days for which a device is remembered after its second factor; 0: never.
  add column remember_device_days integer not null default 0 check (remember_device_days between 0 and 90),
  add column ask_personal_desktop boolean not null default false,
  -- Which value of the sign-in names which attribute of a provisioned user: {"source": …, "target": "userName"|"externalId"}.
  -- null: the mapped username is the userName.
  add column matching jsonb;
