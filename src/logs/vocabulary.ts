// The words that events of the activity and of the system log are made of. The portal's pages import this file too, so it
// imports nothing.

export const ACTIVITY_ACTIONS = ['sign-in', 'sign-out', 'proof', 'factor', 'password', 'access'] as const
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number]

export const ACTIVITY_OBJECT_TYPES = ['Portal', 'Application'] as const
export type ActivityObjectType = (typeof ACTIVITY_OBJECT_TYPES)[number]

/** What can happen to the service, and the type of object that it happens to. */
export const SYSTEM_EVENTS = {
  'service-started': 'Service',
  'service-stopped': 'Service',
  'service-failed': 'Service',
  'gateway-lost': 'Gateway',
  'gateway-recovered': 'Gateway',
  'database-migrated': 'Database',
  'protection-missing': 'Database',
  'database-away': 'Database',
  'database-back': 'Database',
  'work-done': 'Work',
  'work-failed': 'Work',
  'audit-not-sealed': 'AuditLog',
  'entries-lost': 'Log',
} as const
export type SystemEvent = keyof typeof SYSTEM_EVENTS
export type SystemObjectType = (typeof SYSTEM_EVENTS)[SystemEvent]

export const SYSTEM_ACTIONS = Object.keys(SYSTEM_EVENTS) as readonly SystemEvent[]
export const SYSTEM_OBJECT_TYPES: readonly SystemObjectType[] = [...new Set(Object.values(SYSTEM_EVENTS))]
