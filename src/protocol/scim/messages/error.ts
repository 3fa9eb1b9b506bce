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

/** The wire form of an error; `status` is a string by the standard. @see RFC 7644 §3.12 */
export interface ScimErrorBody {
  schemas: [typeof ERROR_URI]
  status: string
  scimType?: ScimType
  detail: string
}

interface Refused {
  /** Of the catalogue of refusals; stable. */
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly status: number
  readonly scimType: ScimType | undefined
  readonly detail: string
}

/**
 * A refusal in the words of SCIM, made by `refuse` of the catalogue alone. `detail` is sent to the client and the parameters
 * are kept in the request log, so neither holds a secret or an inner message.
 */
export class ScimError extends Error {
  readonly code: string
  readonly params: Readonly<Record<string, unknown>>
  readonly status: number
  readonly scimType: ScimType | undefined

  /** @param cause what went wrong inside, for the log of the operator */
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
