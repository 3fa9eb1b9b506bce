/** The three logs of one page. */
export interface LogKind {
  readonly name: 'audit' | 'activity' | 'system'
  readonly title: 'auditLog' | 'activityLog' | 'systemLog'
  readonly path: string
  readonly actions: readonly string[]
  readonly objectTypes: readonly string[]
}

export const AUDIT: LogKind = {
  name: 'audit',
  title: 'auditLog',
  path: '/audit-events',
  actions: ['create', 'update', 'delete', 'read'],
  objectTypes: [
    'User',
    'Group',
    'IdentityProvider',
    'ScimCredential',
    'ClientKey',
    'Schema',
    'Administrator',
    'Factor',
    'Session',
    'Invitation',
    'ApiKey',
    'Tenant',
    'Domain',
    'AuditLog',
    'ActivityLog',
    'SystemLog',
    'UserList',
    'Job',
  ],
}

export const ACTIVITY: LogKind = {
  name: 'activity',
  title: 'activityLog',
  path: '/activity-events',
  actions: ['sign-in', 'sign-out', 'proof', 'factor', 'password', 'access'],
  objectTypes: ['Portal', 'Application'],
}

export const SYSTEM: LogKind = {
  name: 'system',
  title: 'systemLog',
  path: '/system-events',
  actions: [
    'service-started',
    'service-stopped',
    'service-failed',
    'gateway-lost',
    'gateway-recovered',
    'database-migrated',
    'database-away',
    'database-back',
    'work-done',
    'work-failed',
    'audit-not-sealed',
    'entries-lost',
  ],
  objectTypes: ['Service', 'Gateway', 'Database', 'Work', 'AuditLog', 'Log'],
}
