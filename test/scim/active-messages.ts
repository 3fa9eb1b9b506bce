// Messages about `active` that do not say `true`: none of them may give a user access.
import { patchOf, USER } from './refusal.ts'

const replace = (value: unknown) => patchOf({ op: 'replace', path: 'active', value })
const add = (value: unknown) => patchOf({ op: 'add', path: 'active', value })
const pathLess = (value: unknown, op = 'replace') => patchOf({ op, value })

/** Each as PATCH, and as an operation of /Bulk. */
export const PATCHES_WITHOUT_TRUE: readonly (readonly [string, object])[] = [
  ['remove', patchOf({ op: 'remove', path: 'active' })],
  ['remove with a value', patchOf({ op: 'remove', path: 'active', value: true })],
  ['remove by URN', patchOf({ op: 'remove', path: `${USER}:active` })],
  ['remove twice', patchOf({ op: 'remove', path: 'active' }, { op: 'remove', path: 'active' })],
  [
    'remove and another change',
    patchOf({ op: 'remove', path: 'active' }, { op: 'add', path: 'title', value: 'Cook' }),
  ],
  ['replace with null', replace(null)],
  ['replace with empty text', replace('')],
  ['replace with blank text', replace('  ')],
  ['replace with an empty list', replace([])],
  ['replace with an empty object', replace({})],
  ['replace with a list of null', replace([null])],
  ['replace with a list of false', replace([false])],
  ['replace with several values', replace([true, false])],
  ['replace with a wrapped null', replace([{ value: null }])],
  ['replace with a wrapped empty text', replace([{ value: '' }])],
  ['replace with an object', replace({ active: true })],
  ['replace with a nested false', replace({ value: false })],
  ['replace with a nested null', replace({ value: null })],
  ['replace with false', replace(false)],
  ['replace with "False"', replace('False')],
  ['replace with 0', replace(0)],
  ['replace with "0"', replace('0')],
  ['replace with "no"', replace('no')],
  ['replace with "null"', replace('null')],
  ['replace with "enabled"', replace('enabled')],
  ['replace with 2', replace(2)],
  ['replace with -1', replace(-1)],
  ['add null', add(null)],
  ['add empty text', add('')],
  ['add an empty list', add([])],
  ['path-less null', pathLess({ active: null })],
  ['path-less null, add', pathLess({ active: null }, 'add')],
  ['path-less empty text', pathLess({ active: '' })],
  ['path-less empty list', pathLess({ active: [] })],
  ['path-less null in other letters', pathLess({ Active: null })],
  ['path-less null by URN', pathLess({ [`${USER}:active`]: null })],
  ['path-less null below the URN', pathLess({ [USER]: { active: null } })],
  ['path-less null beside another attribute', pathLess({ active: null, title: 'Rigger' })],
  ['a sub-attribute of it', patchOf({ op: 'replace', path: 'active.value', value: true })],
  ['a filter on it', patchOf({ op: 'replace', path: 'active[value eq "false"]', value: true })],
  [
    'false, then removed',
    patchOf({ op: 'replace', path: 'active', value: false }, { op: 'remove', path: 'active' }),
  ],
  ['an attribute of a similar name', patchOf({ op: 'replace', path: 'isActive', value: true })],
  ['another attribute', patchOf({ op: 'replace', path: 'title', value: 'Rigger' })],
]

/** Each as PUT, as an operation of /Bulk, and as the POST that takes over a user who came by signing in. */
export const BODIES_WITHOUT_TRUE: readonly (readonly [string, object])[] = [
  ['absent', {}],
  ['null', { active: null }],
  ['empty text', { active: '' }],
  ['an empty list', { active: [] }],
  ['a wrapped null', { active: [{ value: null }] }],
  ['an empty object', { active: {} }],
  ['false', { active: false }],
  ['"False"', { active: 'False' }],
  ['a list of false', { active: [false] }],
  ['a nested false', { active: { value: false } }],
  ['0', { active: 0 }],
  ['"0"', { active: '0' }],
  ['"none"', { active: 'none' }],
  ['null under the URN', { [USER]: { active: null } }],
  ['an attribute of a similar name', { isActive: true }],
]
