// Refusals of PATCH operations, and of group members in any message.
import { refusal } from './refusal.ts'

const PATHS = {
  long: 'has more characters than a path may have',
  syntax: 'is not an attribute path',
  'filter-on-single': 'has a filter on an attribute that is no list of objects',
  'whole-element': 'names no sub-attribute of the element',
} as const

export function unknownMembers({ ids }: { readonly ids: readonly string[] }): string {
  return `names no User or Group of this directory: ${ids.join(', ')}`
}

export const PATCH_REFUSALS = {
  'operation-without-value': refusal<{ op: string }>(400, 'invalidValue', ({ op }) => `"${op}" has no value`),
  'operation-without-path': refusal<{ op: string }>(400, 'invalidSyntax', ({ op }) => `"${op}" has no path`),
  'remove-without-path': refusal(400, 'noTarget', () => '"remove" has no path'),
  'operation-value-not-object': refusal(
    400,
    'invalidValue',
    () => 'An operation without an attribute in its path needs an object as its value',
  ),
  'path-malformed': refusal<{ path: string; problem: keyof typeof PATHS }>(
    400,
    'invalidPath',
    ({ path, problem }) => `The path "${path}" ${PATHS[problem]}`,
  ),
  'path-filter-wrong': refusal<{ path: string; problem: string }>(
    400,
    'invalidFilter',
    ({ path, problem }) => `Invalid filter in the path "${path}": ${problem}`,
  ),
  'filter-selects-nothing': refusal<{ name: string }>(
    400,
    'noTarget',
    ({ name }) => `The filter of ${name} selects no value`,
  ),
  'filter-selects-many': refusal<{ name: string }>(
    400,
    'invalidFilter',
    ({ name }) => `The filter of ${name} selects more than one value`,
  ),
  'patch-too-costly': refusal<{ limit: number }>(
    400,
    'tooMany',
    ({ limit }) => `The operations would compare more than ${limit} values; send fewer of them in one PATCH`,
  ),
  'member-without-id': refusal<{ index: number }>(
    400,
    'invalidValue',
    ({ index }) => `members[${index}].value is not the id of a user or group`,
  ),
  'member-unknown': refusal<{ ids: readonly string[] }>(
    400,
    'invalidValue',
    (params) => `members.value ${unknownMembers(params)}`,
  ),
  'members-filter-unsupported': refusal(
    400,
    'invalidPath',
    () => 'A filter of members must be value eq and one id',
  ),
  'members-filter-too-costly': refusal<{ seconds: number }>(
    400,
    'tooMany',
    ({ seconds }) =>
      `Selecting members by this filter takes longer than the ${seconds} s that it may take; name the members by their ids`,
  ),
  'members-path-unsupported': refusal<{ path: string }>(
    400,
    'invalidPath',
    ({ path }) => `"${path}": members are added and removed, and replaced as a whole`,
  ),
}
