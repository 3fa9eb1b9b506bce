// Refusals of a resource's contents: unknown names, invalid values, and attributes that can't be changed.
import { refusal } from './refusal.ts'

/** The rules for values, worded to follow the attribute's name. @see RFC 7643 §2.3 */
const RULES = {
  boolean: () => 'must be true or false',
  integer: () => 'must be an integer',
  number: () => 'must be a number',
  dateTime: () => 'must be a dateTime string',
  string: () => 'must be a string',
  array: () => 'must be an array',
  object: () => 'must be an object',
  base64: () => 'must be base64',
  uri: () => 'must be a URI',
  'no-outer-spaces': () => 'must not begin or end with a space',
  'user-name-characters': () => 'must be letters, digits, marks and visible ASCII (RFC 8265)',
  elements: (limit: number) => `must have at most ${limit} elements`,
  characters: (limit: number) => `must have at most ${limit} characters`,
  bytes: (limit: number) => `must have at most ${limit} bytes`,
} as const

export type ValueRule = keyof typeof RULES

export interface Wrong {
  readonly [name: string]: string | number | undefined
  readonly at: string
  readonly rule: ValueRule
  readonly limit?: number | undefined
}

export interface Missing {
  readonly [name: string]: string
  readonly at: string
  readonly how: keyof typeof MISSING
}

export const MISSING = {
  absent: 'is required',
  blank: 'must not be blank',
  cleared: 'needs a value',
} as const

/** Returns the broken rule in words, without the attribute. */
export function ruleWords({ rule, limit = 0 }: Wrong): string {
  return RULES[rule](limit)
}

export const VALUE_REFUSALS = {
  'value-wrong': refusal<Wrong>(400, 'invalidValue', (wrong) => `${wrong.at} ${ruleWords(wrong)}`),
  'value-missing': refusal<Missing>(400, 'invalidValue', ({ at, how }) => `${at} ${MISSING[how]}`),
  'value-unstorable': refusal(
    400,
    'invalidValue',
    () => 'A value in the request cannot be stored or compared',
  ),
  'schemas-without-core': refusal<{ urn: string }>(
    400,
    'invalidValue',
    ({ urn }) => `schemas must name ${urn}`,
  ),
  'schema-unknown': refusal<{ urn: string }>(400, 'invalidSyntax', ({ urn }) => `There is no schema ${urn}`),
  'attribute-unknown': refusal<{ name: string }>(
    400,
    'invalidSyntax',
    ({ name }) => `There is no attribute ${name}`,
  ),
  'attribute-read-only': refusal<{ name: string }>(400, 'mutability', ({ name }) => `${name} is readOnly`),
  'attribute-immutable': refusal<{ name: string }>(400, 'mutability', ({ name }) => `${name} is immutable`),
  'attribute-not-removable': refusal<{ name: string }>(
    400,
    'mutability',
    ({ name }) => `${name} is required`,
  ),
}
