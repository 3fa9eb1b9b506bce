// The values that audit events can have, for everything that records, searches, filters or documents them. The portal's pages
// import this file too, so it imports nothing.

export const AUDIT_ACTIONS = ['create', 'update', 'delete', 'read'] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** Types of objects, in the order in which filters show them. */
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
