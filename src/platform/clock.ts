// The clock. Code that depends on the time gets it as a parameter, so that a test can set it.

export type Clock = () => Date

export const systemClock: Clock = () => new Date()
