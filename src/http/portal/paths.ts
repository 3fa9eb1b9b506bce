/** Where the portal is: its API, and below /admin its pages. Apart, so that they can be led to before they are loaded. */
export const PORTAL_PATHS = ['admin', 'api'] as const
