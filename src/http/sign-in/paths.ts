/** First parts of the paths of this door; '' is the home page. Apart, so that they can be led to before they are loaded. */
export const SIGN_IN_PATHS = ['', 'oidc', 'password', 'saml', 'sessions', 'sign-in', 'sign-out'] as const
