// People of two organisations who sign in through a real OpenID provider, and an application of the first.
import { createApplication } from '#access/applications.ts'
import type { House, ProvidedIdp } from '../harness.ts'
import { openProvider, type TestProvider } from '../sign-in/provider.ts'

export interface Scene {
  readonly provider: TestProvider
  readonly idp: ProvidedIdp
  /** Of another organisation. */
  readonly foreign: ProvidedIdp
  /** Who may reach the application. */
  readonly groupId: string
  /** Short name of the first organisation. */
  readonly slug: string
  /** Makes a person at the first organisation, who is the one that signs in next. @returns their id */
  provision(name: string, isMember?: boolean): Promise<string>
}

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export function patch(...operations: object[]) {
  return { schemas: [PATCH], Operations: operations }
}

/** @param origin of the application */
export async function setScene(house: House, origin: string): Promise<Scene> {
  const idps: ProvidedIdp[] = []
  const provider = await openProvider(() => idps.map(({ id }) => `${house.url}/oidc/${id}/callback`))
  const { issuer, clientId, clientSecret } = provider
  const details = { issuer, clientId, clientSecret }
  const connect = async (slug: string): Promise<ProvidedIdp> => {
    const tenantId = await house.tenant(slug)
    const idp = await house.connect(tenantId, { type: 'oidc', name: slug, mfa: 'none', details })
    idps.push(idp)
    return idp
  }
  const idp = await connect('acme')
  const foreign = await connect('globex')
  const groupId: string = (await idp.post('/Groups', { displayName: 'Writers' })).json.id
  await createApplication(house.db, idp.operator, {
    name: 'Wiki',
    origin,
    grants: [{ type: 'Group', id: groupId }],
  })
  return {
    provider,
    idp,
    foreign,
    groupId,
    slug: 'acme',
    async provision(name, isMember = true) {
      const email = `${name}@example.com`
      const given = { userName: email, displayName: name, emails: [{ value: email }] }
      const { id } = (await idp.post('/Users', given)).json
      if (isMember)
        await idp.patch(`/Groups/${groupId}`, patch({ op: 'add', path: 'members', value: [{ value: id }] }))
      provider.person = { sub: `sub-${name}`, claims: { preferred_username: email, email } }
      return id
    },
  }
}
