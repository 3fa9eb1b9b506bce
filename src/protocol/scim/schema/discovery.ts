// Builds the discovery documents. They are made from the same schemas that read messages, so they always match what
// the service does. @see RFC 7644 §4; RFC 7643 §5 to §7
import { BULK_LIMITS } from '../bulk/bulk.ts'
import { CURSOR_SECONDS } from '../messages/cursor.ts'
import type { Json, JsonObject } from '../messages/json.ts'
import { LIST_RESPONSE } from '../messages/messages.ts'
import { isSameUrn } from './resource-schema.ts'
import type { ResourceSchema, Schema } from './schema.ts'

const URN = 'urn:ietf:params:scim:schemas:core:2.0'

/** The number of resources in a response to a query: the default and the maximum. */
export const PAGE_SIZE = { defaultCount: 100, maxCount: 1_000 } as const

export interface Features {
  /** Whether a password that a client sets takes effect. */
  readonly changePassword?: boolean
  readonly bulk?: boolean
  /** Whether everything that the interop profile draft forbids is refused. */
  readonly interopProfileConformant?: boolean
  /** URL of this service's documentation. */
  readonly documentationUri?: string
}

/**
 * Builds the ServiceProviderConfig.
 * @param base URL of the SCIM endpoint without a trailing slash
 * @see RFC 7643 §5; RFC 9865 §4; RFC 9967 §4
 */
export function serviceProviderConfig(base: string, features: Features = {}): JsonObject {
  const { changePassword = false, bulk = false, documentationUri } = features
  const { interopProfileConformant = false } = features
  return {
    schemas: [`${URN}:ServiceProviderConfig`],
    ...(documentationUri !== undefined && { documentationUri }),
    patch: { supported: true },
    // Clients use these limits for the size of their own batches, even where bulk isn't supported.
    bulk: { supported: bulk, ...BULK_LIMITS },
    filter: { supported: true, maxResults: PAGE_SIZE.maxCount },
    changePassword: { supported: changePassword },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: PAGE_SIZE.defaultCount,
      maxPageSize: PAGE_SIZE.maxCount,
      cursorTimeout: CURSOR_SECONDS,
    },
    authenticationSchemes: AUTHENTICATION_SCHEMES,
    // RFC 9967 §4: no events, and no asynchronous responses.
    securityEvents: { asyncRequest: 'none', eventUris: [] },
    interopProfileConformant,
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

const AUTHENTICATION_SCHEMES: Json[] = [
  {
    type: 'oauthbearertoken',
    name: 'OAuth Bearer Token',
    description: 'The token that was issued for the identity provider, or an access token',
    specUri: 'https://www.rfc-editor.org/info/rfc6750',
    primary: true,
  },
  {
    type: 'httpbasic',
    name: 'HTTP Basic',
    description: 'The key and the secret that were issued for the identity provider',
    specUri: 'https://www.rfc-editor.org/info/rfc7617',
  },
  {
    type: 'oauth2',
    name: 'OAuth 2.0',
    description: 'An access token for the key and the secret, by the client credentials grant',
    specUri: 'https://www.rfc-editor.org/info/rfc6749',
  },
]

/** The documents of a discovery endpoint, for the resource types of one identity provider. */
interface Documents {
  /** Returns all documents as a ListResponse, which is never split into pages (RFC 7644 §4). */
  list(types: readonly ResourceSchema[], base: string): JsonObject
  find(types: readonly ResourceSchema[], base: string, id: string): JsonObject | undefined
}

export const resourceTypes: Documents = {
  list: (types, base) => listOf(types.map((type) => resourceTypeDocument(type, base))),
  find(types, base, id) {
    const type = types.find(({ resourceType }) => resourceType === id)
    return type && resourceTypeDocument(type, base)
  },
}

export const schemas: Documents = {
  list: (types, base) => listOf(schemasOf(types).map((schema) => schemaDocument(schema, base))),
  find(types, base, id) {
    const schema = schemasOf(types).find((each) => isSameUrn(each.id, id))
    return schema && schemaDocument(schema, base)
  },
}

function schemasOf(types: readonly ResourceSchema[]): Schema[] {
  return types.flatMap(({ core, extensions }) => [core, ...extensions])
}

/** Returns the document of a resource type. @see RFC 7643 §6 */
function resourceTypeDocument(type: ResourceSchema, base: string): JsonObject {
  return {
    schemas: [`${URN}:ResourceType`],
    id: type.resourceType,
    name: type.resourceType,
    description: type.description,
    endpoint: type.endpoint,
    schema: type.core.id,
    schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.resourceType}` },
  }
}

/** Returns the document of a schema. @see RFC 7643 §7 */
function schemaDocument({ id, name, description, attributes }: Schema, base: string): JsonObject {
  return {
    schemas: [`${URN}:Schema`],
    id,
    name,
    description,
    // Attributes are stored in the form in which they are published, so they are plain JSON.
    attributes: attributes as unknown as Json[],
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }
}

function listOf(documents: JsonObject[]): JsonObject {
  const count = documents.length
  return {
    schemas: [LIST_RESPONSE],
    totalResults: count,
    startIndex: 1,
    itemsPerPage: count,
    Resources: documents,
  }
}
