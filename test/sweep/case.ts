// What the sweep knows of a route: a request that it answers as expected, and which inputs it reads.
import type { DoorFormat } from '../http/door-format.ts'

/** A valid request, in parts. Values are as a person would write them; they are encoded when it is sent. */
export interface Valid {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly json?: unknown
  /** In place of application/json. */
  readonly type?: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
}

export interface Case {
  /** What the valid request is answered with. */
  readonly status: number
  /** Makes one; where a request uses something up, each has its own. */
  readonly valid: () => Valid | Promise<Valid>
  /** How this route says no, where it is not as the rest of its door does. */
  readonly format?: DoorFormat
  /** JSON Schema of the body, where the route has told it. */
  readonly schema?: object | undefined
  /** Further fields of a form, parameters of a query, headers or cookies that it reads. */
  readonly optional?: Pick<Valid, 'query' | 'form' | 'headers' | 'cookies'>
}

/** By method and path as it was registered: `GET /api/v1/users/:id`. */
export type Cases = Readonly<Record<string, Case | readonly Case[]>>
