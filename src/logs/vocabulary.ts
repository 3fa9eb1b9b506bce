// The values that events of the activity and system log can have. The portal's pages import this file too, so it imports
// nothing.

export const ACTIVITY_ACTIONS = ['sign-in', 'sign-out', 'proof', 'factor', 'password', 'access'] as const
export type ActivityAction = (typeof ACTIVITY_ACTIONS)[number]

export const ACTIVITY_OBJECT_TYPES = ['Portal', 'Application'] as const
export type ActivityObjectType = (typeof ACTIVITY_OBJECT_TYPES)[number]

/** Events of the service, with the type of object that each is about. */
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
