import { expect, test } from 'vitest'
import { published } from './published.ts'
import { groupSchema, userSchema, withExtensions } from './resource-schema.ts'
import { attribute } from './standard/common.ts'

const SETTINGS = { uniqueGroupNames: true }
const namesOf = (attributes: readonly { name: string }[] = []) => attributes.map(({ name }) => name)

test('what no answer has is not published, and everything else is', () => {
  const { core, extensions } = published(userSchema, SETTINGS)
  expect(namesOf(core.attributes)).toEqual(
    namesOf(userSchema.core.attributes).filter((name) => name !== 'password'),
  )
  const manager = extensions[0]?.attributes.find(({ name }) => name === 'manager')
  expect(namesOf(manager?.subAttributes)).toEqual(['value', '$ref'])
  const members = published(groupSchema, SETTINGS).core.attributes.find(({ name }) => name === 'members')
  expect(namesOf(members?.subAttributes)).toEqual(['value', '$ref', 'type'])
})

test('the name of a group is unique where the identity provider has it so', () => {
  for (const uniqueGroupNames of [true, false]) {
    const [displayName] = published(groupSchema, { uniqueGroupNames }).core.attributes
    const uniqueness = uniqueGroupNames ? 'server' : 'none'
    expect(displayName).toMatchObject({ name: 'displayName', required: true, uniqueness })
  }
  const [, , name] = published(userSchema, SETTINGS).core.attributes
  expect(name).toMatchObject({ name: 'displayName', uniqueness: 'none' })
})

test('an attribute of a tenant is published, whatever its name', () => {
  const password = attribute('password', 'string', '')
  const schema = { id: 'urn:x:y', name: 'Y', description: '', attributes: [password] }
  const [, tenants] = published(withExtensions(userSchema, [schema]), SETTINGS).extensions
  expect(namesOf(tenants?.attributes)).toEqual(['password'])
})
