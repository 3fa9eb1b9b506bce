import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ScimError } from '../messages/error.ts'
import { COMMON, groupSchema, userSchema } from '../schema/resource-schema.ts'
import type { Attribute, AttributeRef } from '../schema/schema.ts'
import type { CompareOp } from './compare.ts'
import { type Filter, parseFilter } from './filter.ts'
import { printFilter } from './print.ts'

const user = (text: string) => parseFilter(text, userSchema)

/** Returns a filter as readable text that is the same for equal filters. */
const printed = (text: string) => printFilter(user(text))

test.each([
  ['userName eq "bjensen"', 'userName eq "bjensen"'],
  [`name.familyName co "O'Malley"`, `name.familyName co "O'Malley"`],
  ['USERNAME Eq "x"', 'userName eq "x"'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'],
  ['title pr and userType eq "Employee"', 'title pr and userType eq "Employee"'],
  ['title pr or userType eq "a" and active eq true', 'title pr or (userType eq "a" and active eq true)'],
  ['(title pr or userType eq "a") and active eq true', '(title pr or userType eq "a") and active eq true'],
  ['not(title pr) AND nickName pr', 'not (title pr) and nickName pr'],
  ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34Z"'],
  ['schemas eq "urn:x"', 'schemas eq "urn:x"'],
  ['emails co "example.com"', 'emails.value co "example.com"'],
  ['manager eq "7"', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "7"'],
  [
    'URN:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value eq "7"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "7"',
  ],
  ['department eq "Keel"', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Keel"'],
  [
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]',
  ],
  ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
  ['emails[type eq "a" or type eq "b"].value pr', 'emails[(type eq "a" or type eq "b") and value pr]'],
  ['roles[primary eq "True"].value eq "a"', 'roles[primary eq true and value eq "a"]'],
  ['active eq "False"', 'active eq false'],
  ['(ActiVe eq True)', 'active eq true'],
  ['title eq null', 'title eq null'],
  ['userName eq"x"', 'userName eq "x"'],
  ['userName eq "\\u00e9\\"\\\\"', 'userName eq "é\\"\\\\"'],
  ['userName eq ""', 'userName eq ""'],
])('%s is read', (text, expected) => {
  expect(printed(text)).toBe(expected)
})

test.each([
  '',
  '   ',
  'userName',
  'userName eq',
  'userName eq x',
  `userName eq 'x'`,
  'userName regex "x"',
  'userName eq "x" and',
  'userName eq "x" "y"',
  'userName eq "x" userName eq "y"',
  '(userName eq "x"',
  'userName eq "x")',
  'and userName pr',
  'not userName pr',
  'userName eq "x',
  'userName eq "\\x"',
  'userName eq "\\u0000"',
  'userName eq "\\ud800"',
  'userName eq 7',
  'nonsense eq "x"',
  '__proto__ eq "x"',
  'constructor.prototype pr',
  'password eq "x"',
  'password pr',
  'userName.foo eq "x"',
  'name eq "x"',
  'name[familyName eq "x"]',
  'userName[value eq "x"]',
  'emails[]',
  'emails[type eq "work"',
  'emails[foo eq "x"]',
  'emails[emails[type eq "x"]]',
  'emails.type[value eq "x"]',
  'emails[type eq "work"].foo eq "x"',
  'active gt true',
  'active eq "maybe"',
  'active co "t"',
  'x509Certificates gt "x"',
  'meta.created co "2011"',
  'meta.created gt "yesterday"',
  'title gt null',
  'title co null',
  '[userName eq "x"]',
])('%s is refused', (text) => {
  expect(() => user(text)).toThrow(expect.objectContaining({ status: 400, scimType: 'invalidFilter' }))
})

test('an attribute of the other resource type has no value', () => {
  expect(user('members eq "7"')).toMatchObject({ kind: 'never' })
  expect(user('members[value eq "7"]')).toMatchObject({ kind: 'never' })
  expect(parseFilter('userName ne "x"', groupSchema)).toMatchObject({ kind: 'not', term: { kind: 'never' } })
  expect(parseFilter('not (userName pr)', groupSchema)).toMatchObject({
    kind: 'not',
    term: { kind: 'never' },
  })
})

test('names in brackets are those of the element', () => {
  const filter = user('emails[type eq "work"]')
  expect(filter).toMatchObject({
    kind: 'valuePath',
    ref: { attribute: { name: 'emails' } },
    filter: { kind: 'compare', ref: { extension: undefined, attribute: { name: 'type' }, sub: undefined } },
  })
})

test('a refusal names what is wrong, and never repeats a long text', () => {
  expect(() => user('shoeSize eq "x"')).toThrow('"shoeSize"')
  expect(() => user('userName like "x"')).toThrow('"like" is not supported')
  const message = thrown(() => user(`${'a'.repeat(5000)} eq "x"`)).message
  expect(message.length).toBeLessThan(200)
})

test.each([
  ['5,000 opening brackets', '('.repeat(5_000)],
  ['5,000 pairs of brackets', `${'('.repeat(4_000)}userName pr${')'.repeat(4_000)}`],
  ['5,000 nots', 'not('.repeat(2_000)],
  ['20,000 alternatives', Array(20_000).fill('userName eq "x"').join(' or ')],
  ['201 conditions', Array(201).fill('id pr').join(' or ')],
  ['8,193 characters', `userName eq "${'x'.repeat(8_179)}"`],
])('%s are refused at once', (_name, text) => {
  const start = performance.now()
  expect(() => user(text)).toThrow(ScimError)
  expect(performance.now() - start).toBeLessThan(50)
})

test('200 conditions, 32 levels and 8,192 characters are read', () => {
  expect(user(Array(200).fill('id pr').join(' or '))).toMatchObject({ kind: 'or' })
  expect(user(`${'('.repeat(32)}id pr${')'.repeat(32)}`)).toMatchObject({ kind: 'present' })
  expect(user(`userName eq "${'x'.repeat(8_178)}"`)).toMatchObject({ kind: 'compare' })
})

test('any text is read or refused with invalidFilter', () => {
  const words = fc.constantFrom(
    'userName',
    'emails',
    'eq',
    'pr',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    '"x"',
    '.',
    '"',
    '\\',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 30 }).map((each) => each.join(' ')),
  )
  fc.assert(
    fc.property(text, (given) => {
      const error = thrown(() => user(given))
      return error === undefined || (error instanceof ScimError && error.scimType === 'invalidFilter')
    }),
    { numRuns: 300 },
  )
})

test('a printed filter is read as the same filter', () => {
  fc.assert(
    fc.property(filters(), (filter) => {
      expect(user(printFilter(filter))).toEqual(filter)
    }),
    { numRuns: 500 },
  )
})

function thrown(run: () => unknown): ScimError {
  try {
    run()
  } catch (error) {
    return error as ScimError
  }
  return undefined as unknown as ScimError
}

/** Every user attribute that a filter may name, with and without its sub-attributes. */
function refs(): AttributeRef[] {
  const of = (attributes: readonly Attribute[], extension: string | undefined) =>
    attributes
      .filter(({ returned }) => returned !== 'never')
      .flatMap((attribute) =>
        [undefined, ...(attribute.subAttributes ?? [])].map((sub) => ({ extension, attribute, sub })),
      )
  const extensions = userSchema.extensions.flatMap(({ id, attributes }) => of(attributes, id))
  return [...of(userSchema.core.attributes, undefined), ...of(COMMON, undefined), ...extensions]
}

function filters(): fc.Arbitrary<Filter> {
  const all = refs()
  const lists = all.filter(
    ({ attribute, sub }) => attribute.multiValued && attribute.type === 'complex' && !sub,
  )
  const inner = (attribute: Attribute): AttributeRef[] =>
    (attribute.subAttributes ?? []).map((sub) => ({ extension: undefined, attribute: sub, sub: undefined }))
  const valuePath = fc
    .constantFrom(...lists)
    .chain((ref) => tree(inner(ref.attribute)).map((filter): Filter => ({ kind: 'valuePath', ref, filter })))
  const foreign = fc.constant<Filter>({ kind: 'never', name: 'members' })
  return fc.oneof({ weight: 4, arbitrary: tree(all) }, valuePath, foreign)
}

function tree(refs: AttributeRef[]): fc.Arbitrary<Filter> {
  const simple = refs.filter(({ attribute, sub }) => (sub ?? attribute).type !== 'complex')
  const term = fc.oneof(
    fc.constantFrom(...refs).map((ref): Filter => ({ kind: 'present', ref })),
    fc.constantFrom(...simple).chain(comparisons),
  )
  return fc.letrec<{ filter: Filter; chain: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      term,
      tie('chain'),
      tie('filter').map((inner): Filter => ({ kind: 'not', term: inner })),
    ),
    chain: fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  })).filter
}

function comparisons(ref: AttributeRef): fc.Arbitrary<Filter> {
  const { type } = ref.sub ?? ref.attribute
  const equality: CompareOp[] = ['eq', 'ne']
  const order: CompareOp[] = ['gt', 'ge', 'lt', 'le']
  const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0') && each.isWellFormed())
  const [ops, value] =
    type === 'boolean'
      ? [equality, fc.boolean()]
      : type === 'dateTime'
        ? [[...equality, ...order], fc.constantFrom('2011-05-13T04:42:34Z', '2026-01-01T00:00:00.5+02:00')]
        : type === 'binary'
          ? [equality, text]
          : [[...equality, ...order, 'co', 'sw', 'ew'] as CompareOp[], text]
  return fc.record({
    kind: fc.constant('compare' as const),
    ref: fc.constant(ref),
    op: fc.constantFrom(...ops),
    value,
  })
}
