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

/** A refusal in the words of SCIM. `detail` is sent to the client, so it never holds a secret or an inner message. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined

  constructor(status: number, scimType: ScimType | undefined, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'ScimError'
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
