// A house with everything in it that a valid request of any route needs.
import pg from 'pg'
import { createAdministrator } from '#administrators/administrators.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { createLog } from '#platform/log.ts'
import { type House, type HouseWish, openHouse, type ProvidedIdp } from '../harness.ts'
import { type PlantedSecrets, plantedSecrets } from '../planted-secrets.ts'
import { type ApiClient, callApi, PASSWORD } from '../portal-client.ts'
import { type KeyPair, keyPair } from '../sign-in/key-pair.ts'
import { type LyingProvider, openLyingProvider } from '../sign-in/lying-provider.ts'
import { connectLiar } from '../sign-in/lying-provider-house.ts'
import { connectSaml, SLO } from '../sign-in/saml-house.ts'
import type { Valid } from './case.ts'

export interface Fixture {
  /** As browsers and identity providers reach it: passkeys need a host name. */
  readonly house: House
  readonly tenantId: string
  readonly slug: string
  /** Signed in to the portal. */
  readonly owner: ApiClient
  /** An API key of an administrator. */
  readonly key: string
  readonly local: { readonly id: string }
  readonly saml: ProvidedIdp
  readonly samlKey: KeyPair
  /** Asks for no second factor. */
  readonly oidc: ProvidedIdp
  /** Of one route alone, which needs the provider between two of its requests. */
  readonly answering: { readonly idp: ProvidedIdp; readonly provider: LyingProvider }
  /** Asks for a second factor, of every kind. */
  readonly strict: ProvidedIdp
  /** Asks for no second factor, but for the name of a personal desktop. */
  readonly desktop: ProvidedIdp
  readonly provider: LyingProvider
  /** Lines of the log from `warn` on. */
  readonly lines: readonly string[]
  readonly planted: PlantedSecrets
  /** Asks the API as the owner. @returns its JSON @throws when it is refused */
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is put into the next request
  api(method: string, path: string, body?: unknown): Promise<any>
  /** Provisions a user. @returns their id */
  user(idp?: ProvidedIdp, more?: object): Promise<string>
  group(idp?: ProvidedIdp, members?: readonly string[]): Promise<string>
  localUser(): Promise<string>
  /** Makes an administrator, who can be signed in as often as it takes. @returns their id */
  administrator(): Promise<{ readonly id: string; readonly email: string }>
  /** Signs an administrator in. */
  session(who: { readonly email: string }): Promise<Pick<Valid, 'cookies' | 'headers'>>
  /** The text of the newest mail to this address. */
  mailTo(address: string): string
  /** Waits for its turn: the provider signs in whoever it is told to. */
  alone<Done>(work: () => Promise<Done>): Promise<Done>
  /** Another name each time. */
  unique(prefix: string): string
  close(): Promise<void>
}

/** Makes something when it is first asked for, and the same for all who ask. */
export function lazily<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const SLUG = 'sweep'
const METHODS = ['totp', 'passkey', 'email', 'phone'] as const
const MFA = { mfa: 'mandatory', mfaMethods: METHODS, rememberDeviceDays: 7 } as const

export async function openFixture(prepare: NonNullable<HouseWish['prepare']>): Promise<Fixture> {
  const lines: string[] = []
  const planted = plantedSecrets()
  const mails = new Map<string, string>()
  const provider = await openLyingProvider({ end_session_endpoint: 'https://idp.example/end' })
  let url = ''
  let busy: Promise<unknown> = Promise.resolve()
  const opened = await openHouse({
    prepare: (server) => {
      planted.wish.prepare(server)
      prepare(server)
    },
    log: createLog('warn', { write: (line) => void lines.push(line) }),
    publicUrl: () => url,
    mailer: { send: async ({ to, text }) => void mails.set(to, text), close: () => {} },
    sms: { send: async () => {} },
    proxiesOfClients: ['127.0.0.1'],
  })
  url = opened.url.replace('127.0.0.1', 'localhost')
  const house: House = { ...opened, url }
  await forgetThrottles(house)
  const tenantId = await house.tenant(SLUG)
  await ensureLocalIdentityProvider(house.db, { tenantId, actor: { type: 'operator', name: 'sweep' } })
  const owner = await house.administrator(tenantId)
  const api: Fixture['api'] = async (method, path, body) => {
    const answer = await owner.request(method, path, body)
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }
  const { items } = await api('GET', '/identity-providers')
  const local = items.find(({ type }: { type: string }) => type === 'local')
  await api('PATCH', `/identity-providers/${local.id}`, { mfa: 'none' })
  const samlKey = await keyPair()
  const details = { sloUrl: SLO, idpInitiated: true }
  const saml = await connectSaml(house, tenantId, 'SAML', samlKey, { details })
  const oidc = await connectLiar(house, tenantId, 'OIDC', provider)
  const strict = await connectLiar(house, tenantId, 'Strict', provider, MFA)
  const desktop = await connectLiar(house, tenantId, 'Desktop', provider, { askPersonalDesktop: true })
  const second = await openLyingProvider()
  const answering = { idp: await connectLiar(house, tenantId, 'Answering', second), provider: second }
  const { key } = await api('POST', '/api-keys', { name: 'sweep', role: 'admin' })
  let count = 0
  const unique = (prefix: string) => `${prefix}-${++count}`
  const made = async (answer: Promise<{ status: number; text: string; json: { id: string } }>) => {
    const { status, text, json } = await answer
    if (status !== 201) throw new Error(text)
    return json.id
  }
  return {
    house,
    tenantId,
    slug: SLUG,
    owner,
    key,
    local,
    saml,
    samlKey,
    oidc,
    answering,
    strict,
    desktop,
    provider,
    lines,
    planted,
    api,
    unique,
    user: (idp = saml, more = {}) => made(idp.post('/Users', { userName: unique('user'), ...more })),
    group: (idp = saml, members = []) =>
      made(
        idp.post('/Groups', { displayName: unique('group'), members: members.map((value) => ({ value })) }),
      ),
    localUser: async () =>
      (await api('POST', '/users', { userName: unique('local'), email: `${unique('local')}@a.example` })).id,
    async administrator() {
      const email = `${unique('administrator')}@a.example`
      const auditContext = { tenantId, actor: { type: 'operator', name: 'sweep' } } as const
      const wish = { email, name: 'Administrator', role: 'owner', password: PASSWORD } as const
      return createAdministrator(house.db, auditContext, wish)
    },
    async session({ email }) {
      const { headers, json } = await callApi(house.url, 'POST', '/session', { email, password: PASSWORD })
      const [, name = '', token = ''] = /([^=]+)=([^;]+)/.exec(headers['set-cookie'] ?? '') ?? []
      return { cookies: { [name]: token }, headers: { 'x-csrf-token': json.me?.csrfToken ?? '' } }
    },
    alone(work) {
      const done = busy.then(work, work)
      busy = done
      return done
    },
    mailTo: (address) => mails.get(address) ?? '',
    async close() {
      await opened.close()
      await provider.close()
      await second.close()
    },
  }
}

/** Nothing is tried too often here: a sweep tries everything too often. */
async function forgetThrottles({ connection }: House): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query(`create function forget_tries() returns trigger language plpgsql as $$
    begin new.tries := least(new.tries, 1); return new; end $$;
    create trigger forget_tries before insert or update on sign_in_throttle
    for each row execute function forget_tries()`)
  await client.end()
}
