// The parts of an explanation, in any language. Every refusal code has one in each language, which the compiler
// checks.
import type { ParamsOf, RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import type { NoteCode, NoteParams } from '../notes.ts'
import type { IdpKind } from './idp-kind.ts'

/** Where to find settings in the admin console of one kind of identity provider, in the wording of that console. */
export interface Console {
  readonly name: string
  /** Where to paste the token. */
  readonly credentials: string
  /** Where to paste the endpoint URL, and the label of the field. */
  readonly endpoint: string
  /** Where to map values to SCIM attributes. */
  readonly mapping: string
  /** How to send one user or group again without waiting. */
  readonly again: string
  /** Where to find its own log of the failure. */
  readonly log: string
}

/** The user or group a request is about, and the identity provider that sent it. */
export interface Subject {
  /** The name in quotes, or a description if the name of the user or group is unknown. */
  readonly who: string
  readonly idp: Console
}

export interface ExplanationText {
  /** What happened, for an administrator. */
  readonly cause: string
  /** What to do, in order. */
  readonly steps: readonly string[]
}

type Explain<Params> = (params: Params, subject: Subject) => ExplanationText

/** An explanation for each code of one part of the catalog. */
export type Explanations<Codes extends RefusalCode = RefusalCode> = {
  readonly [Code in Codes]: Explain<ParamsOf<Code>>
}

/** What is known of a bulk request with failed operations. */
export interface BulkPart {
  readonly failed: number
  readonly operations: number
  readonly first: ExplanationText | undefined
}

/** Groups of HTTP statuses, for rows without a code. */
export type StatusKind =
  | 'credentials'
  | 'forbidden'
  | 'missing'
  | 'taken'
  | 'changed'
  | 'size'
  | 'search'
  | 'bad'
  | 'later'
  | 'internal'

/** All texts of one language. */
export interface ExplanationTexts {
  readonly consoles: Readonly<Record<IdpKind, Console>>
  readonly who: (name: string | null, type: 'User' | 'Group' | null) => string
  readonly refusals: Explanations
  readonly bulkPart: Explain<BulkPart>
  readonly byStatus: Readonly<Record<StatusKind, Explain<Readonly<Record<never, never>>>>>
  readonly notes: { readonly [Code in NoteCode]: (params: NoteParams[Code]) => string }
}
