// Lists resources: `GET` with a query, or `POST …/.search` with the query in the body. @see RFC 7644 §3.4.2, §3.4.3
import type { Look, Page, Start } from '#directory/lists/list.ts'
import type { ListMemory } from '#directory/lists/list-memory.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { TooCostly } from '#errors.ts'
import { questionOf } from '#protocol/scim/messages/cursor.ts'
import {
  type ListQuery,
  parseListQuery,
  SEARCH_REQUEST,
  searchParameters,
} from '#protocol/scim/messages/list-query.ts'
import { listResponse } from '#protocol/scim/messages/messages.ts'
import type { Parameters } from '#protocol/scim/messages/projection.ts'
import { because, refuseBecause } from '#protocol/scim/refusals/refusals.ts'
import { PAGE_SIZE } from '#protocol/scim/schema/discovery.ts'
import type { ResourceSchema } from '#protocol/scim/schema/schema.ts'
import { bytesOf, projected, sendText } from './answer.ts'
import { requireBody } from './body.ts'
import type { Cursors } from './cursors.ts'
import type { Dialect } from './dialect.ts'
import type { ScimHandler, ScimReply, ScimRequest, ScimRoutes } from './request.ts'

/** What all lists of the door share. */
export interface Lists {
  readonly cursors: Cursors
  readonly memory: ListMemory
}

/** The paging parameters of any list query. */
export type Paging = Pick<ListQuery, 'startIndex' | 'count' | 'cursor'>

/** One kind of list: how to parse its query, load its resources and format each of them. */
export interface ListSource<Query, Row> {
  read(parameters: Parameters, dialect: Dialect): Query
  paging(query: Query): Paging
  question(query: Query): string
  list(at: Provisioner, query: Query, look: Look): Promise<Page<Row>>
  text(row: Row, base: string, query: Query, dialect: Dialect): string
}

/** The resources of one type, and how to format one. */
export interface PageSource<Row> {
  readonly type: ResourceSchema['resourceType']
  readonly schema: (dialect: Dialect) => ResourceSchema
  readonly list: ListSource<ListQuery, Row>['list']
  readonly text: (row: Row, base: string) => string
}

export function pageRoutes<Row>(
  dialectOf: (request: ScimRequest) => Dialect,
  source: PageSource<Row>,
  lists: Lists,
): Pick<ScimRoutes, 'list' | 'search'> {
  const { type, schema, list, text } = source
  return listRoutes<ListQuery, Row>(
    dialectOf,
    {
      read: (parameters, dialect) => parseListQuery(parameters, schema(dialect), PAGE_SIZE, [], dialect.mode),
      paging: (query) => query,
      question: (query) => questionOf(type, [query]),
      list,
      text: (row, base, query, dialect) => projected(text(row, base), schema(dialect), query.projection),
    },
    lists,
  )
}

export function listRoutes<Query, Row>(
  dialectOf: (request: ScimRequest) => Dialect,
  source: ListSource<Query, Row>,
  { cursors, memory }: Lists,
): Pick<ScimRoutes, 'list' | 'search'> {
  async function send(at: Provisioner, reply: ScimReply, dialect: Dialect, parameters: Parameters) {
    const query = source.read(parameters, dialect)
    const { startIndex, count, cursor } = source.paging(query)
    const question = source.question(query)
    const asked = { list: question, count }
    const start: Start =
      cursor === undefined ? { startIndex } : { place: cursor ? cursors.read(at, asked, cursor) : undefined }
    const page = await source.list(at, query, { start, question, memory }).catch(refuseCostly)
    const texts = page.rows.map((row) => source.text(row, at.base, query, dialect))
    const numbers = cursor === undefined ? { startIndex } : cursors.around(at, asked, page)
    return sendText(reply, 200, bytesOf(listResponse(texts, { total: page.total, ...numbers })))
  }
  const list: ScimHandler = (at, request, reply) => send(at, reply, dialectOf(request), request.query)
  const search: ScimHandler = (at, request, reply) => {
    const dialect = dialectOf(request)
    const message = dialect.rewriteMessage(requireBody(request.body), SEARCH_REQUEST)
    return send(at, reply, dialect, searchParameters(message))
  }
  return { list, search }
}

/** Turns `TooCostly` into a SCIM error, for GET and search alike. @see RFC 7644 §3.4.2.1 */
function refuseCostly(error: unknown): never {
  if (error instanceof TooCostly) {
    throw refuseBecause(because('query-too-costly', { seconds: error.seconds }), error)
  }
  throw error
}
