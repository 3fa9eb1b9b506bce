import { expect, test } from 'vitest'
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { groupSchema, userSchema } from './resource-schema.ts'

const TYPES = [userSchema, groupSchema]
const BASE = 'https://house.example/scim/v2/7'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

test('the service provider configuration says what is supported, with numbers that clients can use', () => {
  expect(serviceProviderConfig(BASE)).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 1_000, maxPayloadSize: 1_048_576 },
    filter: { supported: true, maxResults: 1_000 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: { index: true, cursor: true, defaultPaginationMethod: 'index', cursorTimeout: 3_600 },
    authenticationSchemes: [{ type: 'oauthbearertoken' }, { type: 'httpbasic' }, { type: 'oauth2' }],
    meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
  })
  expect(serviceProviderConfig(BASE, { bulk: true, changePassword: true })).toMatchObject({
    bulk: { supported: true },
    changePassword: { supported: true },
  })
})

test('resource types are listed and found, their id being their name', () => {
  const [user, group] = [resourceTypes.find(TYPES, BASE, 'User'), resourceTypes.find(TYPES, BASE, 'Group')]
  expect(resourceTypes.list(TYPES, BASE)).toMatchObject({
    totalResults: 2,
    itemsPerPage: 2,
    startIndex: 1,
    Resources: [user, group],
  })
  expect(user).toMatchObject({
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: USER,
    schemaExtensions: [{ schema: ENTERPRISE, required: false }],
    meta: { resourceType: 'ResourceType', location: `${BASE}/ResourceTypes/User` },
  })
  expect(group).toMatchObject({ endpoint: '/Groups', schema: GROUP, schemaExtensions: [] })
  expect(resourceTypes.find(TYPES, BASE, 'Device')).toBeUndefined()
})

test('schemas are listed and found by their URN', () => {
  const listed = schemas.list(TYPES, BASE).Resources
  expect(listed).toEqual([USER, ENTERPRISE, GROUP].map((urn) => schemas.find(TYPES, BASE, urn)))
  expect(schemas.find(TYPES, BASE, USER.toLowerCase())).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: USER,
    attributes: userSchema.core.attributes,
    meta: { resourceType: 'Schema', location: `${BASE}/Schemas/${USER}` },
  })
  expect(schemas.find(TYPES, BASE, 'urn:x')).toBeUndefined()
})
