import { AUDIT_ACTIONS, AUDIT_OBJECT_TYPES } from '../../../../src/audit/vocabulary.ts'
import type { LogAction, LogObjectType } from '../../../../src/http/portal/logs/contract.ts'
import {
  ACTIVITY_ACTIONS,
  ACTIVITY_OBJECT_TYPES,
  SYSTEM_ACTIONS,
  SYSTEM_OBJECT_TYPES,
} from '../../../../src/logs/vocabulary.ts'

/** The three logs of one page. */
export interface LogKind {
  readonly name: 'audit' | 'activity' | 'system'
  readonly title: 'auditLog' | 'activityLog' | 'systemLog'
  readonly path: string
  readonly actions: readonly LogAction[]
  readonly objectTypes: readonly LogObjectType[]
}

export const AUDIT: LogKind = {
  name: 'audit',
  title: 'auditLog',
  path: '/audit-events',
  actions: AUDIT_ACTIONS,
  objectTypes: AUDIT_OBJECT_TYPES,
}

export const ACTIVITY: LogKind = {
  name: 'activity',
  title: 'activityLog',
  path: '/activity-events',
  actions: ACTIVITY_ACTIONS,
  objectTypes: ACTIVITY_OBJECT_TYPES,
}

export const SYSTEM: LogKind = {
  name: 'system',
  title: 'systemLog',
  path: '/system-events',
  actions: SYSTEM_ACTIONS,
  objectTypes: SYSTEM_OBJECT_TYPES,
}
