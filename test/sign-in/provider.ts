// A real OpenID provider, from npm, for round trips: it signs in whoever it is told to.

import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { Traveller } from './traveller.ts'

export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Who is signed in there, by `sub`, with the claims that are told of them. */
  person: { sub: string; claims: Record<string, unknown>; amr?: string[]; acr?: string }
  /** As a person does who signs out there: it tells the clients that asked to be told. */
  signOut(traveller: Traveller): Promise<void>
  close(): Promise<void>
}

const CLIENT = { id: 'doorlist', secret: 'the-secret-of-a-client-in-a-test' }

/**
 * @param redirectUris of the client; the provider is asked for them when it is used
 * @param backchannelLogoutUri of the client, where it wants to be told
 */
export async function openProvider(
  redirectUris: () => string[],
  backchannelLogoutUri?: () => string,
): Promise<TestProvider> {
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const test: TestProvider = {
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    person: { sub: 'ada', claims: {} },
    async signOut(traveller) {
      const { text } = await traveller.get(`${issuer}/session/end?client_id=${CLIENT.id}`)
      const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(text) ?? []
      await traveller.post(`${issuer}/session/end/confirm`, { xsrf, logout: 'yes' })
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let provider: Provider | undefined
  const make = () =>
    new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: redirectUris(),
          response_types: ['code'],
          grant_types: ['authorization_code'],
          ...(backchannelLogoutUri && {
            backchannel_logout_uri: backchannelLogoutUri(),
            backchannel_logout_session_required: true,
          }),
        },
      ],
      jwks: {
        keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'one' } as never],
      },
      claims: {
        openid: ['sub', 'amr'],
        email: ['email', 'email_verified'],
        profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      },
      conformIdTokenClaims: false,
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: backchannelLogoutUri !== undefined },
      },
      // The library lets nobody be told on this machine; here everybody is.
      fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined } as never),
      pkce: { required: () => true },
      interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...test.person.claims }) }),
      cookies: { keys: ['a key of a test'] },
      ttl: { Interaction: 60, Session: 60, Grant: 60, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
    })
  server.on('request', async (request, response) => {
    provider ??= make()
    if (!request.url?.startsWith('/interaction/')) return provider.callback()(request, response)
    const details = await provider.interactionDetails(request, response)
    const grant = new provider.Grant({ accountId: test.person.sub, clientId: CLIENT.id })
    grant.addOIDCScope('openid profile email')
    const { sub, amr, acr } = test.person
    const login = { accountId: sub, ...(amr && { amr }), ...(acr && { acr }) }
    await provider.interactionFinished(
      request,
      response,
      details.prompt.name === 'login' ? { login } : { consent: { grantId: await grant.save() } },
    )
  })
  return test
}
