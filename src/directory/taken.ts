// Unique indexes decide whether a value is free. This file finds the user or group that already has it, and reports
// it with the same message wherever the value was written.
import { Conflict } from '#errors.ts'
import { violatedIndex } from '#platform/database/errors.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import type { Taken } from '#protocol/scim/refusals/resource.ts'

const ATTRIBUTES = {
  'user-name-taken': 'userName',
  'external-id-taken': 'externalId',
  'group-name-taken': 'displayName',
  'group-external-id-taken': 'externalId',
} as const

/** Thrown when another user or group already has a value that must be unique. */
export class ValueTaken extends Conflict {
  readonly taken: Taken
  constructor(code: keyof typeof ATTRIBUTES, { value, holderName, ...holder }: Taken) {
    const taken = { value: echo(value), holderName: echo(holderName), ...holder }
    super(ATTRIBUTES[code], because(code, taken))
    this.taken = taken
  }
}

const UNIQUE = new Set([
  'directory_user_name',
  'directory_user_external_id',
  'directory_group_unique_name',
  'directory_group_external_id',
])

/**
 * Thrown when a unique index rejects a row. The holder of the value can be looked up only after the transaction has
 * ended.
 */
class RowRefused<Wanted> extends Error {
  readonly wanted: Wanted
  constructor(wanted: Wanted, cause: unknown) {
    super('A value that must be unique is taken', { cause })
    this.wanted = wanted
  }
}

/** Waits for a write. @throws {RowRefused} if a unique index rejects the row */
export async function unlessRefused<Result, Wanted>(wanted: Wanted, write: Promise<Result>): Promise<Result> {
  try {
    return await write
  } catch (error) {
    throw UNIQUE.has(violatedIndex(error) ?? '') ? new RowRefused(wanted, error) : error
  }
}

/**
 * Returns what `work` returns, or undefined if a unique index rejected a row but the value is free by now. The caller
 * can then try again.
 * @throws {ValueTaken}
 */
export async function unlessTaken<Result, Wanted>(
  work: Promise<Result>,
  find: (wanted: Wanted) => Promise<ValueTaken | undefined>,
): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error
    const taken = await find(error.wanted as Wanted)
    if (taken) throw taken
    return undefined
  }
}
