import { expect, test } from 'vitest'
import type { GatewaySession } from '#access/gateway-session.ts'
import { identityHeaders } from './identity-headers.ts'

const VISITOR: GatewaySession = {
  tenantId: 't',
  applicationId: 'a',
  applicationName: 'Wiki',
  sessionId: 's',
  userId: 'u',
  userName: 'ada@example.com',
  profile: { email: 'ada@example.com', displayName: 'Ada' },
  groups: ['Staff', 'Admins'],
  enabled: true,
  sessionMinutes: null,
  factorMinutes: null,
  granted: true,
  sessionAgeSeconds: 1,
  factorAgeSeconds: null,
  needsTouch: false,
  signingKeyId: null,
}

test('an application is told who it is', () => {
  expect(identityHeaders(VISITOR)).toEqual({
    'remote-user': 'ada@example.com',
    'remote-email': 'ada@example.com',
    'remote-name': 'Ada',
    'remote-groups': 'Staff,Admins',
  })
})

test('no name breaks out of its header, or out of the list of groups', () => {
  const headers = identityHeaders({
    ...VISITOR,
    userName: 'eve\r\nRemote-Groups: Admins',
    profile: { displayName: '花子 100%' },
    groups: ['a,Admins', 'é\n'],
  })
  expect(headers['remote-user']).toBe('eve%0D%0ARemote-Groups: Admins')
  expect(headers['remote-name']).toBe('%E8%8A%B1%E5%AD%90 100%25')
  expect(headers['remote-groups']).toBe('a%2CAdmins,%C3%A9%0A')
  expect(headers['remote-email']).toBe('')
})

test('groups fill a header, and no more', () => {
  const groups = Array.from({ length: 500 }, (_, i) => `group number ${i}`)
  expect(identityHeaders({ ...VISITOR, groups })['remote-groups']?.length).toBeLessThanOrEqual(6_000)
})
