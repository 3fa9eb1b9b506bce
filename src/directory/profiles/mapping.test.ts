import { expect, test } from 'vitest'
import type { MappedAttribute } from '#identity-providers/mapping.ts'
import { userSchema } from '#protocol/scim/schema/resource-schema.ts'
import { compileMapping, DEFAULT_MAPPING, readMapping } from './mapping.ts'
import { profileOf } from './profile.ts'

const ADA = {
  userName: 'Ada.Lovelace@Example.com',
  name: { givenName: ' Ada ' },
  emails: [
    { value: 'ada@home.example', type: 'home' },
    { value: 'ada@work.example', type: 'work', primary: true },
  ],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engines' },
}

function mapped(rule: Omit<MappedAttribute, 'attribute'>): string | undefined {
  return profileOf(ADA, compileMapping([{ attribute: 'x', ...rule }], userSchema)).x
}

test.each([
  [{ source: 'userName', steps: [{ op: 'lower' }] }, 'ada.lovelace@example.com'],
  [{ source: 'userName', steps: [{ op: 'upper' }] }, 'ADA.LOVELACE@EXAMPLE.COM'],
  [{ source: 'name.givenName', steps: [{ op: 'trim' }] }, 'Ada'],
  [{ source: 'userName', steps: [{ op: 'before', text: '@' }, { op: 'lower' }] }, 'ada.lovelace'],
  [{ source: 'userName', steps: [{ op: 'after', text: '@' }] }, 'Example.com'],
  [{ source: 'userName', steps: [{ op: 'after', text: '#' }] }, 'Ada.Lovelace@Example.com'],
  [{ source: 'emails.value' }, 'ada@work.example'],
  [
    { source: 'emails.value', steps: [{ op: 'join', separator: ', ' }] },
    'ada@work.example, ada@home.example',
  ],
  [{ source: 'emails[type eq "home"].value', steps: [{ op: 'first' }] }, 'ada@home.example'],
  [{ source: 'title', default: 'None' }, 'None'],
  [{ source: 'title', steps: [{ op: 'join', separator: ',' }], default: 'None' }, 'None'],
  [{ source: 'title' }, undefined],
  [{ constant: 'Contoso' }, 'Contoso'],
] as [Omit<MappedAttribute, 'attribute'>, string | undefined][])('%j gives %j', (rule, value) => {
  expect(mapped(rule)).toBe(value)
})

const GOOD = DEFAULT_MAPPING.slice(0, 2)

test.each([
  [[], 'mapping must map username and email'],
  [[{ attribute: 'a b', source: 'title' }], 'mapping.0.attribute must be a name'],
  [[{ attribute: 'x', source: 'nickname.first' }], 'mapping.0.source names no attribute'],
  [[{ attribute: 'x', source: 'emails[' }], 'mapping.0.source is no SCIM path'],
  [[{ attribute: 'x', source: 'title', constant: 'y' }], 'mapping.0.source must not stand beside a constant'],
  [[{ attribute: 'x', source: 'title', steps: [{ op: 'eval' }] }], 'mapping.0.steps.0.op must be'],
  [[{ attribute: 'x', source: 'title', steps: [{ op: 'before' }] }], 'mapping.0.steps.0.text must be'],
  [[...GOOD, GOOD[0]], 'mapping.2.attribute is mapped twice: username'],
  [[null], 'mapping.0.attribute must be'],
])('the mapping %j is refused: %s', (mapping, reason) => {
  expect(() => readMapping(mapping, userSchema)).toThrow(reason)
})

test('the default mapping is a good one, and steps are kept', () => {
  expect(readMapping(DEFAULT_MAPPING, userSchema)).toEqual(DEFAULT_MAPPING)
  const rule = { attribute: 'handle', source: 'userName', steps: [{ op: 'before', text: '@' }], extra: 1 }
  expect(readMapping([...GOOD, rule], userSchema)[2]).toEqual({
    attribute: 'handle',
    source: 'userName',
    steps: [{ op: 'before', text: '@' }],
  })
})
