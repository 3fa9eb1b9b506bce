// Refusals of a query's filter. For a filter in a PATCH path, `path-filter-wrong` uses the same clauses.
import { type Params, type Refusal, refusal } from './refusal.ts'

const LIMITS = {
  characters: (limit: number) => `a filter has at most ${limit} characters`,
  conditions: (limit: number) => `it has more than ${limit} conditions`,
  depth: (limit: number) => `it is nested more than ${limit} deep`,
} as const

/** `at` is the offset in the filter, `text` the word there. */
const SYNTAX = {
  'open-string': ({ at }: Place) => `the string at ${at} has no closing quote`,
  'bad-character': ({ at }: Place) => `the string at ${at} holds a character that no text can hold`,
  'bad-string': ({ at }: Place) => `the string at ${at} is not a JSON string`,
  'not-a-value': ({ text }: Place) => `"${text}" is not a value`,
  unexpected: ({ text, at }: Place) => `"${text}" at ${at} is not expected there`,
  end: () => 'it ends too early',
} as const

interface Place {
  readonly at?: number | undefined
  readonly text?: string | undefined
}

export const FILTER_REFUSALS = {
  'filter-too-large': invalid<{ what: keyof typeof LIMITS; limit: number }>(({ what, limit }) =>
    LIMITS[what](limit),
  ),
  'filter-syntax': invalid<{
    problem: keyof typeof SYNTAX
    at?: number | undefined
    text?: string | undefined
  }>((place) => SYNTAX[place.problem](place)),
  'filter-attribute-unknown': invalid<{ name: string }>(({ name }) => `there is no attribute "${name}"`),
  'filter-attribute-secret': invalid<{ name: string }>(({ name }) => `${name} cannot be used in a filter`),
  'filter-attribute-complex': invalid<{ name: string }>(
    ({ name }) => `${name} is compared by one of its sub-attributes`,
  ),
  'filter-brackets': invalid<{ name: string }>(
    ({ name }) => `${name} cannot be followed by a filter in brackets`,
  ),
  'filter-operator-unknown': invalid<{ op: string }>(({ op }) => `the operator "${op}" is not supported`),
  /** `name` is missing if the value is null, which the operator doesn't support. */
  'filter-operator-unfit': invalid<{ op: string; name?: string; type?: string }>(({ op, name, type }) =>
    name === undefined ? `${op} cannot be used with null` : `${op} cannot be used with ${name} (${type})`,
  ),
  'filter-value-unfit': invalid<{ name: string; type: string }>(
    ({ name, type }) => `${name} is compared with a ${type} value`,
  ),
}

interface FilterRefusal<P extends Params> extends Refusal<P> {
  /** What is wrong, without the start of the sentence. */
  readonly clause: (params: P) => string
}

function invalid<P extends Params>(clause: (params: P) => string): FilterRefusal<P> {
  return { ...refusal<P>(400, 'invalidFilter', (params) => `Invalid filter: ${clause(params)}`), clause }
}

/** Returns what is wrong with a filter, or undefined for a refusal that isn't about a filter. */
export function filterClause({ code, params }: { readonly code: string; readonly params: object }) {
  const refusals: Readonly<Record<string, FilterRefusal<Params>>> = FILTER_REFUSALS as never
  return Object.hasOwn(refusals, code) ? refusals[code]?.clause(params as Params) : undefined
}
