// Pagination cursors as clients see them. They are encrypted, so clients can neither read nor forge them, and bound
// to the tenant, the identity provider and the query. Every process with the secret key can decrypt them, so nothing
// is stored. @see RFC 9865 §2, §5
import type { Page } from '#directory/lists/list.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal, Place as Sealed } from '#platform/crypto/seal.ts'
import { type Place, readCursor, writeCursor } from '#protocol/scim/messages/cursor.ts'
import { because, refuseBecause } from '#protocol/scim/refusals/refusals.ts'

/** The parts of a query that must not change between pages. */
export interface Question {
  /** The resource type, the filter and the sort order. */
  readonly list: string
  readonly count: number
}

export interface Cursors {
  /**
   * Decrypts a cursor.
   * @throws {ScimError} 400 invalidCursor if it isn't a cursor of this query; expiredCursor; invalidCount
   */
  read(at: Provisioner, question: Question, cursor: string): Place
  /** Returns the cursors of the previous and the next page. */
  around(
    at: Provisioner,
    question: Question,
    page: Pick<Page<unknown>, 'previous' | 'next'>,
  ): { previousCursor: string | undefined; nextCursor: string | undefined }
}

const MAX_LENGTH = 8_192

export function openCursors(seal: Seal, clock: Clock): Cursors {
  const now = () => Math.floor(clock().getTime() / 1_000)

  function write(at: Provisioner, { list, count }: Question, place: Place): string {
    return seal.seal(writeCursor(place, count, now()), sealedAt(at, list)).toString('base64url')
  }

  function open(at: Provisioner, list: string, cursor: string): string {
    const sealed = Buffer.from(cursor, 'base64url')
    try {
      // The decoder ignores invalid characters, so the cursor is compared with its canonical form.
      if (cursor.length > MAX_LENGTH || sealed.toString('base64url') !== cursor)
        throw new Error('not base64url')
      return seal.open(sealed, sealedAt(at, list))
    } catch (error) {
      // The client gets the same message for a forged, altered or foreign cursor (RFC 9865 §5.2).
      throw refuseBecause(because('cursor-unknown'), error)
    }
  }

  return {
    read: (at, { list, count }, cursor) => readCursor(open(at, list, cursor), count, now()),
    around: (at, question, { previous, next }) => ({
      previousCursor: previous && write(at, question, { from: previous, backward: true }),
      nextCursor: next && write(at, question, { from: next, backward: false }),
    }),
  }
}

function sealedAt({ tenantId, idpId }: Provisioner, list: string): Sealed {
  return { tenantId, column: 'cursor', row: JSON.stringify([idpId, list]) }
}
