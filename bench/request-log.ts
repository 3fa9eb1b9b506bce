// Measures the CPU time that the log of SCIM requests costs each request: `node bench/request-log.ts`. It uses no
// database, because the log is written after the response.
import { openRequestLog } from '#request-log/request-log.ts'

const ROUNDS = 200_000

const never = { run: async () => [] } as never
const user = JSON.stringify({
  userName: 'ada@example.com',
  name: { givenName: 'Ada' },
  active: true,
  pad: 'x'.repeat(900),
})

function exchange(method: string, route: string, status: number) {
  return {
    id: crypto.randomUUID(),
    idpId: '0199f0a0-0000-7000-8000-000000000001',
    credentialId: '0199f0a0-0000-7000-8000-000000000002',
    schemas: undefined,
    method,
    url: route.replace(':idpId', '0199f0a0-0000-7000-8000-000000000001'),
    route: `/scim/v2${route}`,
    objectId: undefined,
    status,
    milliseconds: 2,
    body: JSON.parse(user),
    received: method === 'GET' ? undefined : Buffer.from(user),
    answer: user,
    userAgent: 'bench',
    sourceAddress: '127.0.0.1',
  }
}

for (const [name, method, route, status] of [
  ['get by id', 'GET', '/:idpId/Users/:id', 200],
  ['create', 'POST', '/:idpId/Users', 201],
  ['PATCH', 'PATCH', '/:idpId/Users/:id', 200],
] as const) {
  const log = openRequestLog(never, () => new Date(), { days: 7 })
  const one = exchange(method, route, status)
  for (let i = 0; i < 10_000; i++) log.answered(one)
  const before = process.cpuUsage()
  for (let i = 0; i < ROUNDS; i++) log.answered(one)
  const { user: spent, system } = process.cpuUsage(before)
  process.stdout.write(
    `${name.padEnd(10)} ${((spent + system) / ROUNDS).toFixed(2)} µs of CPU for each request\n`,
  )
  await log.close()
}
