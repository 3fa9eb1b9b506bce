export const FACTORS_KEY = ['own-factors'] as const
export const SESSIONS_KEY = ['own-sessions'] as const
