// Why a request failed and what to do about it, in words for the administrator who has to: what happened, with which
// attribute, by which rule, and where in that identity provider's console it is put right. Everything follows from the
// code of the refusal and its parameters; sentences are never read back.
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

/** What is known of a request that failed. */
export interface Failure {
  readonly status: number
  readonly scimType: string | null
  readonly detail: string | null
  /** Null in rows from before codes were kept. */
  readonly refusalCode: string | null
  readonly refusalParams: Readonly<Record<string, unknown>> | null
  readonly operation: Operation
  readonly objectType: 'User' | 'Group' | null
  readonly objectName: string | null
}

export interface Explanation {
  /** Of the catalogue of refusals; `bulk-part`, or `status-…` where none was kept. */
  readonly code: string
  /** The SCIM attribute that it is about. */
  readonly field: string | undefined
  /** Id of the user who has what this one wanted. */
  readonly otherUserId: string | undefined
  /** The rule that was broken, as it was told to the identity provider. */
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
  // The name of a bulk request is that of none of its operations.
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

/** What an accepted request leaves to be told, as a sentence. */
export function explainNote<Code extends Note['code']>(
  { code, params }: Note<Code>,
  language: Language,
): string {
  return EXPLANATIONS[language].notes[code](params)
}

/** “the identity provider” begins a sentence with a capital letter; the name of an attribute stays as it is. */
function asSentence(text: string, { who, idp }: Subject): string {
  const isName = text.startsWith(who) || text.startsWith(idp.name)
  return isName ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
