// What an operator and an identity provider do first: `idp create`, and the requests of one user's life.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { doorlist } from '#test/cli/run.ts'

export interface Endpoint {
  readonly endpoint: string
  readonly token: string
}

/** Connects an identity provider by the command line. */
export async function createIdp(settings: Record<string, string>, dataDir: string): Promise<Endpoint> {
  const secretFile = join(dataDir, 'client-secret')
  writeFileSync(secretFile, 'a-client-secret')
  const form = [
    '--name',
    'Okta',
    '--type',
    'oidc',
    '--issuer',
    'https://idp.example.com',
    '--client-id',
    'client',
  ]
  const secret = ['--client-secret-file', secretFile, '--auto-provisioning', '--json']
  const created = await doorlist(settings, ['idp', 'create', ...form, ...secret])
  expect([created.code, created.stderr]).toEqual([0, ''])
  return (JSON.parse(created.stdout) as { scim: Endpoint }).scim
}

/** Creates, finds, changes, deactivates and deletes a user. */
export async function lifeOfAUser(idp: Endpoint): Promise<void> {
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const ada = { schemas, userName: 'ada@example.com', displayName: 'Ada', active: true }
  const created = await send(idp, 'POST', '/Users', ada)
  expect(created.status).toBe(201)
  const path = `/Users/${created.body.id}`
  const found = await send(idp, 'GET', `/Users?filter=${encodeURIComponent('userName eq "ADA@example.com"')}`)
  expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: created.body.id }] })
  const patch = (value: object) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', value }],
  })
  expect(await send(idp, 'PATCH', path, patch({ displayName: 'Ada Lovelace' }))).toMatchObject({
    status: 200,
  })
  const deactivated = await send(idp, 'PATCH', path, patch({ active: false }))
  expect(deactivated.body).toMatchObject({ active: false, displayName: 'Ada Lovelace' })
  expect(await send(idp, 'DELETE', path)).toMatchObject({ status: 204 })
  expect(await send(idp, 'GET', path)).toMatchObject({ status: 404 })
}

async function send({ endpoint, token }: Endpoint, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  const response = await fetch(`${endpoint}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}
