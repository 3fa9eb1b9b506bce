// Reads that go out together: whose they are, what they share, and what becomes of the others when one fails.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { prepared, sql } from '#platform/database/sql.ts'
import { type House, openHouse } from '#test/harness.ts'

let house: House
let db: Database

beforeAll(async () => {
  house = await openHouse()
  // One connection for all, so that they meet there.
  db = openDatabase({ connection: house.serving, pipelined: 1 })
})
afterAll(async () => {
  await db?.close()
  await house?.close()
})

const TENANT = randomUUID()
const OTHER = randomUUID()

interface Told {
  readonly tenant: string
  readonly quotient: number
  /** When its transaction began. */
  readonly began: string
}

function read(tenantId: string, divisor: number): Promise<Told[]> {
  const told = sql`select current_setting('app.tenant') as tenant, 12 / ${divisor}::int as quotient, now()::text as began`
  return db.read<Told>({ tenantId }, prepared('test.told', told))
}

/** All of one turn of the event loop. */
function turn(tenants: readonly string[], ...divisors: number[]) {
  return Promise.allSettled(tenants.flatMap((tenant) => divisors.map((divisor) => read(tenant, divisor))))
}

async function toldInTurn(tenants: readonly string[], ...divisors: number[]): Promise<Told[]> {
  const settled = await turn(tenants, ...divisors)
  return settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
}

test('each gets its own rows in its own scope, and those of one scope share a transaction', async () => {
  // Until the connection is there and has prepared the statement, each goes by itself.
  await vi.waitFor(async () => {
    const told = await toldInTurn([TENANT, OTHER], 1, 2, 3)
    expect(told.map(({ tenant, quotient }) => [tenant, quotient])).toEqual(
      [TENANT, OTHER].flatMap((tenant) => [12, 6, 4].map((quotient) => [tenant, quotient])),
    )
    expect(new Set(told.slice(0, 3).map(({ began }) => began)).size).toBe(1)
  })
})

test('one that fails takes no other with it', async () => {
  await turn([TENANT], 1)
  const settled = await turn([TENANT], 1, 0, 3)
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(settled[1]).toMatchObject({ reason: { cause: { code: '22012' } } }) // division by zero, from its own second try
  expect((await toldInTurn([TENANT], 1, 2)).map(({ quotient }) => quotient)).toEqual([12, 6])
})
