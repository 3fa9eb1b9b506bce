// Cursors as they go over the wire: sealed, so that they say nothing to the client and cannot be made by anyone else, and
// bound to the tenant, the identity provider and the question. Every process that has the secret key reads them, and
// nothing is kept for them. @see RFC 9865 §2, §5
import type { Page } from '#directory/lists/list.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal, Place as Sealed } from '#platform/crypto/seal.ts'
import { type Place, readCursor, writeCursor } from '#protocol/scim/messages/cursor.ts'
import { because, refuseBecause } from '#protocol/scim/refusals/refusals.ts'

/** What must stay the same from page to page. */
export interface Question {
  /** The resource type, the filter and the order. */
  readonly list: string
  readonly count: number
}

export interface Cursors {
  /** @throws {ScimError} 400 invalidCursor for whatever is no cursor of this list; expiredCursor; invalidCount */
  read(at: Provisioner, question: Question, cursor: string): Place
  /** The cursors of the pages before and after. */
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
      // A decoder overlooks what is no base64url; a cursor must be as it was given out.
      if (cursor.length > MAX_LENGTH || sealed.toString('base64url') !== cursor)
        throw new Error('not base64url')
      return seal.open(sealed, sealedAt(at, list))
    } catch (error) {
      // RFC 9865 §5.2: forged, altered, or somebody else's: the client is told the same.
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
