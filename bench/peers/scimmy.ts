// A peer: SCIMMY with its Express routers and Maps in memory. It stores nothing on disk, so it shows the cost of the
// framework alone. Users only.
import { randomUUID } from 'node:crypto'
import { tellReady } from '../answer.ts'
import { peerRequire } from './packages.ts'

interface Asked {
  readonly id?: string
}
interface User {
  readonly id: string
  readonly userName: string
  readonly meta: { readonly created: string; readonly lastModified: string }
}

const express = peerRequire('express')
const { default: SCIMMY = peerRequire('scimmy') } = peerRequire('scimmy')
const { default: SCIMMYRouters = peerRequire('scimmy-routers') } = peerRequire('scimmy-routers')
const TOKEN = 'bench'
const users = new Map<string, User>()
const byName = new Map<string, string>()

function find(id: string): User {
  const user = users.get(id)
  if (!user) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`)
  return user
}

/** Creates or replaces a user. */
function ingress({ id }: Asked, instance: object): User {
  const sent = JSON.parse(JSON.stringify(instance)) as { userName: string }
  const name = sent.userName.toLowerCase()
  const owner = byName.get(name)
  if (owner !== undefined && owner !== id)
    throw new SCIMMY.Types.Error(409, 'uniqueness', 'userName is taken')
  const now = new Date().toISOString()
  const before = id === undefined ? undefined : find(id)
  if (before) byName.delete(before.userName.toLowerCase())
  const meta = { created: before?.meta.created ?? now, lastModified: now }
  const user = { ...sent, id: before?.id ?? randomUUID(), meta }
  users.set(user.id, user)
  byName.set(name, user.id)
  return user
}

function degress({ id }: Required<Asked>): void {
  byName.delete(find(id).userName.toLowerCase())
  users.delete(id)
}

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser))
  .ingress(ingress)
  .egress(({ id }: Asked) => (id === undefined ? [...users.values()] : find(id)))
  .degress(degress)

const app = express()
const routers = new SCIMMYRouters({
  type: 'bearer',
  handler(request: { header(name: string): string | undefined }) {
    if (request.header('authorization') !== `Bearer ${TOKEN}`) throw new Error('the token is wrong')
    return 'bench'
  },
})
app.use('/scim/v2', routers)
const port = Number(process.env.PORT)
app.listen(port, '127.0.0.1', () =>
  tellReady({ name: 'scimmy', base: `http://127.0.0.1:${port}/scim/v2`, token: TOKEN }),
)
process.once('SIGTERM', () => process.exit(0))
