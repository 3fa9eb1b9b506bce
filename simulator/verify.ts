// Checks what a service returns: the answer to each message, and at the end every user, group and membership.
import type { Answer, Request } from './client.ts'
import {
  differences,
  type Expectations,
  expectPatch,
  expectResource,
  memberDifferences,
  noExpectations,
} from './expectations.ts'
import { isObject } from './messages.ts'
import { expects, isAbout, type Session } from './session.ts'

export interface Verification {
  /** Users and groups that were read in the end. */
  resources: number
  /** Values and memberships that differ from what was sent. */
  differences: number
  /** The first few in words. */
  samples: string[]
}

export interface Verifier {
  /** Stores what an accepted message said, and compares it with the answer. */
  accepted(request: Request, answer: Answer): void
  /** Paths of all resources that must be there. */
  paths(): string[]
  /** Compares a resource with everything that was sent about it. */
  compare(path: string, body: unknown): void
  readonly result: Verification
}

const SAMPLES = 20
const SAMPLE_LENGTH = 300

export function openVerifier(): Verifier {
  const expected = new Map<string, Expectations>()
  const result: Verification = { resources: 0, differences: 0, samples: [] }

  function report(path: string, found: readonly string[]): void {
    result.differences += found.length
    for (const words of found)
      if (result.samples.length < SAMPLES) result.samples.push(`${path}: ${words}`.slice(0, SAMPLE_LENGTH))
  }

  function expectationsOf(path: string): Expectations {
    const known = expected.get(path) ?? noExpectations(path.startsWith('/Groups'))
    expected.set(path, known)
    return known
  }

  /** A deleted user is no longer a member of any group. */
  function forget(path: string, id: string): void {
    expected.delete(path)
    for (const { members } of expected.values()) members?.delete(id)
  }

  return {
    result,
    accepted({ method, path, body }, answer) {
      const shown = isObject(answer.body) ? answer.body : undefined
      const [, type = '', id = shown?.id] = /^\/(Users|Groups)(?:\/([^/?]+))?$/.exec(path) ?? []
      if (type === '' || typeof id !== 'string') return
      const at = `/${type}/${id}`
      if (method === 'DELETE') return forget(at, id)
      if (!body) return
      const expectations = expectationsOf(at)
      const said = method === 'PATCH' ? expectPatch(expectations, body) : expectResource(expectations, body)
      if (shown) report(at, differences(shown, said))
    },
    paths: () => [...expected.keys()],
    compare(path, body) {
      const { values, members } = expectationsOf(path)
      result.resources += 1
      if (!isObject(body)) return report(path, ['is not there'])
      report(path, [
        ...differences(body, values.values()),
        ...(members ? memberDifferences(body, members) : []),
      ])
    },
  }
}

/** Reads one resource at the end. */
export async function verifyResource({ ask }: Session, verifier: Verifier, path: string): Promise<void> {
  const id = path.slice(path.lastIndexOf('/') + 1)
  const answer = await ask('verify', { method: 'GET', path }, expects([200], isAbout(id)))
  verifier.compare(path, answer?.body)
}
