import { expect, test } from 'vitest'
import type { GatewaySession } from '#access/gateway-session.ts'
import { identityHeaders } from './identity-headers.ts'

const SESSION: GatewaySession = {
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

test('an application gets the user’s name, email address and groups in headers', () => {
  expect(identityHeaders(SESSION)).toEqual({
    'remote-user': 'ada@example.com',
    'remote-email': 'ada@example.com',
    'remote-name': 'Ada',
    'remote-groups': 'Staff,Admins',
  })
})

test('a name can add neither a header nor a group', () => {
  const headers = identityHeaders({
    ...SESSION,
    userName: 'eve\r\nRemote-Groups: Admins',
    profile: { displayName: '花子 100%' },
    groups: ['a,Admins', 'é\n'],
  })
  expect(headers['remote-user']).toBe('eve%0D%0ARemote-Groups: Admins')
  expect(headers['remote-name']).toBe('%E8%8A%B1%E5%AD%90 100%25')
  expect(headers['remote-groups']).toBe('a%2CAdmins,%C3%A9%0A')
  expect(headers['remote-email']).toBe('')
})

test('groups are cut off when the header is full', () => {
  const groups = Array.from({ length: 500 }, (_, i) => `group number ${i}`)
  expect(identityHeaders({ ...SESSION, groups })['remote-groups']?.length).toBeLessThanOrEqual(6_000)
})
