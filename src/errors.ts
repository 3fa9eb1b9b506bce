// Errors that all folders share. Each part of src/http turns them into its own responses. Their messages may be shown
// to users.

/**
 * A refusal with a code from the catalog in `protocol/scim/refusals`. Codes don't change, and are the same in SCIM,
 * the portal and the log.
 */
export interface Reason {
  readonly code: string
  readonly params: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly detail: string
}

/** An error that may carry a catalog code. Its message is the given text, or the code's sentence. */
export class Refusal extends Error {
  readonly reason: Reason | undefined
  constructor(why: string | Reason = '', options?: ErrorOptions) {
    super(typeof why === 'string' ? why : why.detail, options)
    this.reason = typeof why === 'string' ? undefined : why
  }
}

/** It doesn't exist, or this caller may not know that it does. */
export class NotFound extends Refusal {}

/** A unique value is already in use. `attribute` names the value that collides. */
export class Conflict extends Refusal {
  readonly attribute: string
  constructor(attribute: string, why: string | Reason) {
    super(why)
    this.attribute = attribute
  }
}

/** A value breaks a rule. `field` names where. */
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

/** The request contains something that no client has a reason to send. `field` names where. */
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
 * The database refused a value that passed all our checks. The missing check is a defect of ours and is logged as
 * one; the client gets the same response as for any malformed request.
 */
export class DataRefused extends Error {}

/** The request is valid but isn't allowed, or not now. */
export class Refused extends Refusal {}

/** The resource has changed since the version that the caller named. */
export class Stale extends Refusal {}

/** The database can't answer now. Nothing was changed, so the caller can try again. */
export class Unavailable extends Refusal {}

/** Too much is being asked at once. Nothing was started. */
export class Busy extends Unavailable {}

/** The query needs more time than a statement may take. `seconds` is that limit. */
export class TooCostly extends Refusal {
  readonly seconds: number
  constructor(why: string | Reason, { seconds = 2.5, ...options }: ErrorOptions & { seconds?: number } = {}) {
    super(why, options)
    this.seconds = seconds
  }
}

/** The credentials are missing, wrong, expired, revoked, or belong to something else. */
export class Unauthenticated extends Refusal {}

/** Too many attempts. The next one is allowed after `retrySeconds`. */
export class Throttled extends Error {
  readonly retrySeconds: number
  constructor(retrySeconds: number) {
    const minutes = Math.ceil(retrySeconds / 60)
    super(`Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`)
    this.retrySeconds = retrySeconds
  }
}
