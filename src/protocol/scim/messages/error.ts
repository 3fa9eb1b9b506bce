/** The error keywords of RFC 7644 §3.12 and RFC 9865 §2. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'

export const ERROR_URI = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** An error as sent. The standard defines `status` as a string. @see RFC 7644 §3.12 */
export interface ScimErrorBody {
  schemas: [typeof ERROR_URI]
  status: string
  scimType?: ScimType
  detail: string
}

interface Refused {
  /** A stable code from the catalog in ../refusals. */
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly status: number
  readonly scimType: ScimType | undefined
  readonly detail: string
}

/**
 * A refused SCIM request. Only `refuse` creates it. Clients receive `detail` and the request log keeps the
 * parameters, so neither may contain a secret or an internal message.
 */
export class ScimError extends Error {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly status: number
  readonly scimType: ScimType | undefined

  /** @param cause the internal error, only for the operator's log */
  constructor({ code, params, status, scimType, detail }: Refused, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.name = 'ScimError'
    this.code = code
    this.params = params
    this.status = status
    this.scimType = scimType
  }

  toBody(): ScimErrorBody {
    return {
      schemas: [ERROR_URI],
      status: String(this.status),
      ...(this.scimType && { scimType: this.scimType }),
      detail: this.message,
    }
  }
}
