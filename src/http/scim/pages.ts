// Lists: by `GET` with a query, and by `POST …/.search` with the same in a body. @see RFC 7644 §3.4.2, §3.4.3
import type { Page } from '#directory/list.ts'
import type { Provisioner } from '#directory/provisioner.ts'
import { PAGE_SIZE } from '#protocol/scim/discovery.ts'
import { type ListQuery, listResponse, parseListQuery, parseSearchRequest } from '#protocol/scim/messages.ts'
import type { ResourceSchema } from '#protocol/scim/schema.ts'
import { projected, sendText } from './answer.ts'
import { requireBody } from './body.ts'
import type { Dialect } from './dialect.ts'
import type { ScimReply, ScimRequest, ScimRoutes } from './request.ts'

/** Where the resources of one type come from, and how one is written. */
export interface PageSource<Row> {
  readonly schema: (dialect: Dialect) => ResourceSchema
  readonly list: (at: Provisioner, query: ListQuery) => Promise<Page<Row>>
  readonly text: (row: Row, base: string) => string
}

export function pageRoutes<Row>(
  dialectOf: (request: ScimRequest) => Dialect,
  source: PageSource<Row>,
): Pick<ScimRoutes, 'list' | 'search'> {
  async function send(at: Provisioner, reply: ScimReply, schema: ResourceSchema, query: ListQuery) {
    const { total, rows } = await source.list(at, query)
    const texts = rows.map((row) => projected(source.text(row, at.base), schema, query.projection))
    return sendText(reply, 200, listResponse(texts, { total, startIndex: query.startIndex }))
  }
  return {
    list(at, request, reply) {
      const schema = source.schema(dialectOf(request))
      return send(at, reply, schema, parseListQuery(request.query, schema, PAGE_SIZE))
    },
    search(at, request, reply) {
      const schema = source.schema(dialectOf(request))
      return send(at, reply, schema, parseSearchRequest(requireBody(request.body), schema, PAGE_SIZE))
    },
  }
}
