// Explains to administrators why a request failed: the cause, the attribute, the rule, and what to change in that
// identity provider's console. Explanations depend only on the refusal code and its parameters; messages are never
// parsed. The texts are in en/ and ja/, and the refusals themselves in src/protocol/scim/refusals. The portal calls
// this folder, and so does the connection check of src/identity-providers. Start with `explain` below.
import type { Language } from '#platform/language.ts'
import { isRefusalCode, type ParamsOf, type RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import type { Operation } from '../capture/operation.ts'
import { BULK_PART } from '../capture/refusal.ts'
import type { Note } from '../notes.ts'
import { EN } from './en/en.ts'
import type { ExplanationText, ExplanationTexts, StatusKind, Subject } from './explanation-text.ts'
import type { IdpKind } from './idp-kind.ts'
import { JA } from './ja/ja.ts'
import { fieldOf, type Where, whereOf } from './places.ts'

/** A failed request, as logged. */
export interface Failure {
  readonly status: number
  readonly scimType: string | null
  readonly detail: string | null
  /** Null in rows logged before codes existed. */
  readonly refusalCode: string | null
  readonly refusalParams: Readonly<Record<string, unknown>> | null
  readonly operation: Operation
  readonly objectType: 'User' | 'Group' | null
  readonly objectName: string | null
}

export interface Explanation {
  /** A code of the refusal catalog, `bulk-part`, or `status-…` if no code was logged. */
  readonly code: string
  /** The SCIM attribute that the refusal is about. */
  readonly field: string | undefined
  /** Id of the user who already has the requested value. */
  readonly otherUserId: string | undefined
  /** The broken rule, as the identity provider was told. */
  readonly rule: string
  readonly cause: string
  readonly steps: readonly string[]
  readonly where: Where
}

export const EXPLANATIONS: Readonly<Record<Language, ExplanationTexts>> = { en: EN, ja: JA }

export function explain(failure: Failure, kind: IdpKind, language: Language): Explanation {
  const texts = EXPLANATIONS[language]
  const subject = { who: texts.who(failure.objectName, failure.objectType), idp: texts.consoles[kind] }
  const { text, ...rest } = found(failure, texts, subject)
  return {
    ...rest,
    rule: failure.detail ?? `HTTP ${failure.status}`,
    cause: asSentence(text.cause, subject),
    steps: text.steps.map((step) => asSentence(step, subject)),
  }
}

type Found = Pick<Explanation, 'code' | 'field' | 'otherUserId' | 'where'> & {
  readonly text: ExplanationText
}

function found(failure: Failure, texts: ExplanationTexts, subject: Subject): Found {
  const { refusalCode: code, refusalParams: params } = failure
  if (code === BULK_PART) return foundBulkPart(failure, texts, subject)
  return (
    (code !== null && foundByCode(code, params ?? {}, texts, subject)) || byStatus(failure, texts, subject)
  )
}

function foundByCode(
  code: string,
  params: Readonly<Record<string, unknown>>,
  { refusals }: ExplanationTexts,
  subject: Subject,
): Found | undefined {
  if (!isRefusalCode(code)) return undefined
  const known = params as ParamsOf<RefusalCode>
  const explanation = refusals[code] as (params: typeof known, subject: Subject) => ExplanationText
  const { holderId } = params
  const isUsers = code === 'user-name-taken' || code === 'external-id-taken'
  return {
    code,
    field: fieldOf(code, known),
    otherUserId: isUsers && typeof holderId === 'string' ? holderId : undefined,
    where: whereOf(code),
    text: explanation(known, subject),
  }
}

function foundBulkPart({ refusalParams }: Failure, texts: ExplanationTexts, subject: Subject): Found {
  const {
    failed = 0,
    operations = 0,
    first,
  } = (refusalParams ?? {}) as {
    failed?: number
    operations?: number
    first?: { code: string; params: Readonly<Record<string, unknown>> }
  }
  // The logged name belongs to the bulk request, not to one of its operations.
  const nameless = { ...subject, who: texts.who(null, null) }
  const cause = first && foundByCode(first.code, first.params, texts, nameless)
  return {
    code: BULK_PART,
    field: cause?.field,
    otherUserId: cause?.otherUserId,
    where: cause?.where ?? 'idp',
    text: texts.bulkPart({ failed, operations, first: cause?.text }, subject),
  }
}

const STATUSES: Readonly<Record<number, StatusKind>> = {
  401: 'credentials',
  403: 'forbidden',
  404: 'missing',
  409: 'taken',
  412: 'changed',
  413: 'size',
  429: 'later',
  500: 'internal',
  503: 'later',
}

const SCIM_TYPES: Readonly<Record<string, StatusKind>> = { invalidFilter: 'search', tooMany: 'search' }

const PLACES: Readonly<Partial<Record<StatusKind, Where>>> = {
  forbidden: 'here',
  internal: 'here',
  changed: 'nowhere',
  later: 'nowhere',
}

function byStatus(
  { status, scimType, operation }: Failure,
  texts: ExplanationTexts,
  subject: Subject,
): Found {
  const kind = SCIM_TYPES[scimType ?? ''] ?? STATUSES[status] ?? 'bad'
  const isBulk = operation === 'bulk' && status < 400
  return {
    code: `status-${status}`,
    field: undefined,
    otherUserId: undefined,
    where: PLACES[kind] ?? 'idp',
    text: isBulk
      ? texts.bulkPart({ failed: 1, operations: 1, first: undefined }, subject)
      : texts.byStatus[kind]({}, subject),
  }
}

/** Returns the sentence of a note on an accepted request. */
export function explainNote<Code extends Note['code']>(
  { code, params }: Note<Code>,
  language: Language,
): string {
  return EXPLANATIONS[language].notes[code](params)
}

/** Capitalizes a sentence that begins with “the identity provider”. Attribute names keep their spelling. */
function asSentence(text: string, { who, idp }: Subject): string {
  const isName = text.startsWith(who) || text.startsWith(idp.name)
  return isName ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
