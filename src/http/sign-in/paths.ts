/**
 * The first parts of the door's paths; '' is the home page. They are kept apart from the routes so that the server can lead
 * requests here before this door's code is loaded.
 */
export const SIGN_IN_PATHS = [
  '',
  'logo',
  'oidc',
  'password',
  'profile',
  'saml',
  'security',
  'sessions',
  'sign-in',
  'sign-out',
] as const
