import { expect, test } from 'vitest'
import { authnRequest } from './authn-request.ts'
import { logoutRequest, logoutResponse, readLogoutRequest } from './logout.ts'
import type { Message } from './message.ts'
import { readXml } from './xml-reader.ts'

const MESSAGE: Message = {
  id: '_1',
  issuedAt: new Date('2030-01-01T12:00:00Z'),
  destination: 'https://idp.example/slo?a=1&b="2"',
  entityId: 'https://sp.example/?a&<b>',
}

test('a LogoutRequest is read back as written, with special characters', () => {
  const nameId = { value: '"Ada" <ada@example.com> & co', format: 'urn:f&g' }
  const expected = {
    issuer: MESSAGE.entityId,
    entityId: 'us',
    logoutUrl: MESSAGE.destination,
    now: MESSAGE.issuedAt,
  }
  const root = readXml(logoutRequest(MESSAGE, nameId, 's&1'))
  expect(readLogoutRequest(root, expected)).toMatchObject({ id: '_1', nameId, sessionIndexes: ['s&1'] })
  const without = readXml(logoutRequest(MESSAGE, { value: 'ada' }, undefined))
  expect(readLogoutRequest(without, expected)).toMatchObject({ nameId: { value: 'ada' }, sessionIndexes: [] })
})

test('a LogoutResponse names its request and reports success', () => {
  const root = readXml(logoutResponse(MESSAGE, '_2'))
  expect([root.name, root.attributes.get('InResponseTo')]).toEqual(['LogoutResponse', '_2'])
  expect(root.children[1]?.children[0]?.attributes.get('Value')).toBe(
    'urn:oasis:names:tc:SAML:2.0:status:Success',
  )
})

test('an AuthnRequest requests no NameID format unless one is configured', () => {
  const root = readXml(
    authnRequest(MESSAGE, 'https://sp.example/acs', { nameIdFormat: undefined, fresh: false }),
  )
  expect(root.children.map(({ name }) => name)).toEqual(['Issuer', 'NameIDPolicy'])
  expect(Object.fromEntries(root.children[1]?.attributes ?? [])).toEqual({ AllowCreate: 'true' })
})
