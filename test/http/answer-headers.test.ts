// What browsers are told with every answer, whichever door it is from and whether it says yes or no.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'

let house: House
let idp: ProvidedIdp

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
})
afterAll(() => house.close())

const REQUESTS: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/metrics'],
  ['GET', '/scim/v2/{idp}/Users'],
  ['GET', '/scim/v2/{idp}/nothing'],
  ['GET', '/scim/v2'],
  ['POST', '/oauth/token'],
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/api/v1/me'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/nothing'],
  ['POST', '/api/v1/session'],
  ['GET', '/'],
  ['GET', '/sign-in'],
  ['GET', '/sign-in?tenant=nobody'],
  ['GET', '/admin'],
  ['GET', '/admin/users'],
  ['GET', '/admin/icon.svg'],
  ['GET', '/saml/{idp}/metadata'],
  ['GET', '/gateway/default/jwks.json'],
  ['GET', '/gateway/default/verify'],
  ['GET', '/nothing'],
  ['GET', '/%'],
  ['TRACE', '/'],
]

test.each(REQUESTS)(
  '%s %s: its type is not guessed, and no other site may frame it',
  async (method, path) => {
    const answer = await house.raw({ method, path: path.replace('{idp}', idp.id), headers: {} })
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
  },
)
