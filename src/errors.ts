// The refusals that all rooms share. Each door maps them once to its own words; the message is safe to show.

/** Why something is refused, of the catalogue of refusals (`protocol/scim/refusals`): stable, and the same at every door. */
export interface Reason {
  readonly code: string
  readonly params: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly detail: string
}

/** A refusal that may have a code of the catalogue; its message is the sentence of that code, or the text that is given. */
export class Refusal extends Error {
  readonly reason: Reason | undefined
  constructor(why: string | Reason = '', options?: ErrorOptions) {
    super(typeof why === 'string' ? why : why.detail, options)
    this.reason = typeof why === 'string' ? undefined : why
  }
}

/** There is no such thing for this caller. */
export class NotFound extends Refusal {}

/** It would break a promise of uniqueness. `attribute` is what collides. */
export class Conflict extends Refusal {
  readonly attribute: string
  constructor(attribute: string, why: string | Reason) {
    super(why)
    this.attribute = attribute
  }
}

/** What was given breaks a rule; `field` says where. */
export class Invalid extends Error {
  readonly field: string
  constructor(field: string, rule: string) {
    super(`${field} ${rule}`)
    this.field = field
  }
}

const MALFORMED = {
  'unstorable-text': 'holds a character that cannot be stored (NUL or half of a surrogate pair)',
  'too-deep': 'is nested too deep',
} as const
export type MalformedReason = keyof typeof MALFORMED

/** The request holds what no client has a reason to send; `field` says where. */
export class Malformed extends Error {
  readonly field: string
  readonly reason: MalformedReason
  readonly rule: string
  constructor(field: string, reason: MalformedReason) {
    super(`${field} ${MALFORMED[reason]}`)
    this.field = field
    this.reason = reason
    this.rule = MALFORMED[reason]
  }
}

/**
 * The database could not take a value that every check before it let pass. The check that is missing is our defect, so this
 * is logged as one; whoever sent the value is answered as for any other malformed request.
 */
export class DataRefused extends Error {}

/** Understood, and not allowed (now). */
export class Refused extends Refusal {}

/** The resource is no longer the version that the caller named. */
export class Stale extends Refusal {}

/** The database cannot answer now; nothing was half done, and the caller should try again. */
export class Unavailable extends Refusal {}

/** More is asked at once than can be done; nothing was begun. */
export class Busy extends Unavailable {}

/** The question is too large to be answered in the time that one statement may take: `seconds`. */
export class TooCostly extends Refusal {
  readonly seconds: number
  constructor(why: string | Reason, { seconds = 2.5, ...options }: ErrorOptions & { seconds?: number } = {}) {
    super(why, options)
    this.seconds = seconds
  }
}

/** Nobody we know: no credential, or one that is wrong, expired, retired, or another's. */
export class Unauthenticated extends Refusal {}

/** Too many attempts; the next one counts `retrySeconds` later. */
export class Throttled extends Error {
  readonly retrySeconds: number
  constructor(retrySeconds: number) {
    const minutes = Math.ceil(retrySeconds / 60)
    super(`Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`)
    this.retrySeconds = retrySeconds
  }
}
