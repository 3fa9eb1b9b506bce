// @see RFC 7643 §4.2, §8.7.1, with the errata to `displayName` and `members.display` applied.
import type { Schema } from '../schema.ts'
import { attribute } from './common.ts'

const immutable = { mutability: 'immutable' } as const

const members = attribute('members', 'complex', 'The users and groups that belong to the group.', {
  multiValued: true,
  subAttributes: [
    attribute('value', 'string', 'The id of the member.', { ...immutable, caseExact: true }),
    attribute('$ref', 'reference', 'The URI of the member.', {
      ...immutable,
      referenceTypes: ['User', 'Group'],
    }),
    attribute('type', 'string', 'The resource type of the member.', {
      ...immutable,
      canonicalValues: ['User', 'Group'],
    }),
    attribute('display', 'string', 'The name of the member.', { mutability: 'readOnly' }),
  ],
})

export const group: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [attribute('displayName', 'string', 'The name of the group.', { required: true }), members],
}
