/** First segments of the portal's paths: its pages and its API. In a file of its own, so that it loads nothing else. */
export const PORTAL_PATHS = ['admin', 'api'] as const
