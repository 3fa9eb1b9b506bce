// The position of a verification of the audit log between two parts. The client sends it back with each request.
import { Invalid } from '#errors.ts'

export interface Walk {
  /** Position of the newest seal at the start of the verification. */
  readonly until: number
  readonly seals: number
  /** Number of events that the seals read so far say they cover. */
  readonly covered: number
  /** The next seal to check, from the newest to the first; 0 when all were checked and the events are counted. */
  readonly seal: number
  /** The last event that was counted. */
  readonly counted: { readonly at: string; readonly id: string } | null
  readonly sealedEvents: number
  readonly unsealed: number
}

export function writeWalk(walk: Walk): string {
  return Buffer.from(JSON.stringify(walk)).toString('base64url')
}

const NUMBERS = ['until', 'seals', 'covered', 'seal', 'sealedEvents', 'unsealed'] as const
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @throws {Invalid} */
export function readWalk(text: string): Walk {
  const walk = parsed(text)
  const isWhole = NUMBERS.every((name) => Number.isSafeInteger(walk?.[name]) && Number(walk?.[name]) >= 0)
  const counted = walk?.counted
  const isCounted = counted === null || (isTime(counted?.at) && isUuid(counted?.id))
  if (!walk || !isWhole || !isCounted) throw new Invalid('after', 'must be the `next` of the previous answer')
  return walk
}

function parsed(text: string): Walk | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Walk) : undefined
  } catch {
    return undefined
  }
}

/** The type check matters: a list with one id would match as text, too. */
function isUuid(id: unknown): boolean {
  return typeof id === 'string' && UUID.test(id)
}

function isTime(text: unknown): boolean {
  if (typeof text !== 'string' || !/^[12]\d{3}-/.test(text)) return false
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text
}
