// A peer: the directory sync of Polis on PostgreSQL, behind Fastify like our floor. It shows clients no members,
// treats any filter as an email address, and limits `totalResults` to the page.
import Fastify from 'fastify'
import { tellReady } from '../answer.ts'
import { peerRequire } from './packages.ts'

interface ScimRoute {
  Params: { type: string; id?: string }
  Querystring: { count?: string; startIndex?: string; filter?: string }
}

const { controllers } = peerRequire('@boxyhq/saml-jackson')
// It requires a host in the URL, but uses the socket that the URL also names.
const url = process.env.DB_URL?.replace('@/', '@localhost/')
const port = Number(process.env.PORT)
const base = `http://127.0.0.1:${port}`
const quiet = () => {}
const ignoreEvent = async () => {}
const { directorySyncController: polis } = await controllers({
  externalUrl: base,
  samlPath: '/saml',
  scimPath: '/scim/v2',
  noAnalytics: true,
  logger: { info: quiet, warn: quiet },
  db: { engine: 'sql', type: 'postgres', url, pageLimit: 100 },
})
const { data: directory, error } = await polis.directories.create({
  name: 'bench',
  tenant: 'bench',
  product: 'bench',
  type: 'generic-scim-v2',
})
if (error) throw new Error(error.message)

const app = Fastify({ logger: false, bodyLimit: 16 << 20 })
app.removeContentTypeParser('application/json')
app.addContentTypeParser(
  ['application/json', 'application/scim+json'],
  { parseAs: 'string' },
  async (_request: unknown, body: string) => JSON.parse(body),
)
for (const url of ['/scim/v2/:type', '/scim/v2/:type/:id']) {
  app.all<ScimRoute>(url, async ({ method, body, params, query, headers }, reply) => {
    const asked = {
      method,
      body,
      directoryId: directory.id,
      resourceType: params.type,
      resourceId: params.id,
      apiSecret: headers.authorization?.replace(/^Bearer /, '') ?? null,
      query: { count: Number(query.count), startIndex: Number(query.startIndex), filter: query.filter },
    }
    const { status, data } = await polis.requests.handle(asked, ignoreEvent)
    return reply.code(status).type('application/scim+json; charset=utf-8').send(data)
  })
}
await app.listen({ port, host: '127.0.0.1' })
tellReady({ name: 'polis', base: `${base}/scim/v2`, token: directory.scim.secret })
process.once('SIGTERM', () => process.exit(0))
