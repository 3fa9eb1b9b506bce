// The words that events of the audit log are made of. Whoever records, searches, filters or documents the log takes them
// from here. The portal's pages import this file too, so it imports nothing.

export const AUDIT_ACTIONS = ['create', 'update', 'delete', 'read'] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** What an event can be about, in the order in which filters offer it. */
export const AUDIT_OBJECT_TYPES = [
  'User',
  'UserList',
  'Group',
  'IdentityProvider',
  'ScimCredential',
  'ClientKey',
  'Schema',
  'Domain',
  'Application',
  'SigningKey',
  'Administrator',
  'Invitation',
  'ApiKey',
  'Factor',
  'Session',
  'Tenant',
  'Job',
  'AuditLog',
  'ActivityLog',
  'SystemLog',
] as const
export type AuditObjectType = (typeof AUDIT_OBJECT_TYPES)[number]
