// What an explanation is made of in any language. Every code of the catalogue of refusals has one in each; the compiler
// finds the one that is missing.
import type { ParamsOf, RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import type { NoteCode, NoteParams } from '../notes.ts'
import type { IdpKind } from './idp-kind.ts'

/** Where things are in the console of one kind of identity provider, in the words that stand there. */
export interface Console {
  readonly name: string
  /** Where the token is pasted. */
  readonly credentials: string
  /** Where the address of the endpoint is pasted, and what the field is called. */
  readonly endpoint: string
  /** Where it is chosen which value goes into which SCIM attribute. */
  readonly mapping: string
  /** How to send one user or group again, without waiting. */
  readonly again: string
  /** Where its own record of the failure is. */
  readonly log: string
}

/** Whom a request is about, and where it came from. */
export interface Subject {
  /** The name in quotes, or words for a user or group whose name is unknown. */
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

/** One explanation for each code of a part of the catalogue. */
export type Explanations<Codes extends RefusalCode = RefusalCode> = {
  readonly [Code in Codes]: Explain<ParamsOf<Code>>
}

/** What is known of a bulk request of which operations failed. */
export interface BulkPart {
  readonly failed: number
  readonly operations: number
  readonly first: ExplanationText | undefined
}

/** Kinds of status, for rows without a code. */
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

/** Everything that is said in one language. */
export interface ExplanationTexts {
  readonly consoles: Readonly<Record<IdpKind, Console>>
  readonly who: (name: string | null, type: 'User' | 'Group' | null) => string
  readonly refusals: Explanations
  readonly bulkPart: Explain<BulkPart>
  readonly byStatus: Readonly<Record<StatusKind, Explain<Readonly<Record<never, never>>>>>
  readonly notes: { readonly [Code in NoteCode]: (params: NoteParams[Code]) => string }
}
