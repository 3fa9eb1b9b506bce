// The discovery endpoints, which tell clients what this service supports. @see RFC 7644 §4
import type { Provisioner } from '#directory/provisioner.ts'
import { NotFound } from '#errors.ts'
import { parameterOf } from '#protocol/scim/messages/projection.ts'
import { echo } from '#protocol/scim/messages/secrets.ts'
import { because, refuse } from '#protocol/scim/refusals/refusals.ts'
import { resourceTypes, schemas, serviceProviderConfig } from '#protocol/scim/schema/discovery.ts'
import { published, type Settings } from '#protocol/scim/schema/published.ts'
import { sendText } from './answer.ts'
import type { Dialect } from './dialect.ts'
import { requireFresh } from './fresh.ts'
import type { ScimHandler, ScimRequest } from './request.ts'

/** Refuses a filter on a discovery endpoint, as RFC 7644 §4 requires. Other parameters are ignored. */
function refuseFilter(request: ScimRequest) {
  if (parameterOf(request.query, 'filter') !== undefined) throw refuse('discovery-filter')
}

type Make = (dialect: Dialect, at: Provisioner, id: string) => object | undefined

export function discoveryRoutes(dialectOf: (request: ScimRequest) => Dialect): Record<string, ScimHandler> {
  function document(make: Make): ScimHandler {
    return async (at: Provisioner, request, reply) => {
      refuseFilter(request)
      await requireFresh(at)
      const found = make(dialectOf(request), at, request.params.id)
      if (!found) throw new NotFound(because('document-not-found', { id: echo(request.params.id) }))
      return sendText(reply, 200, JSON.stringify(found))
    }
  }
  const types = ({ users, groups }: Dialect, settings: Settings) =>
    [users, groups].map((type) => published(type, settings))
  return {
    '/ServiceProviderConfig': document(({ mode }, { base }) =>
      serviceProviderConfig(base, { bulk: true, interopProfileConformant: mode === 'strict' }),
    ),
    '/ResourceTypes': document((dialect, at) => resourceTypes.list(types(dialect, at), at.base)),
    '/ResourceTypes/:id': document((dialect, at, id) => resourceTypes.find(types(dialect, at), at.base, id)),
    '/Schemas': document((dialect, at) => schemas.list(types(dialect, at), at.base)),
    '/Schemas/:id': document((dialect, at, id) => schemas.find(types(dialect, at), at.base, id)),
    '/Me': notImplemented('/Me'),
  }
}

function notImplemented(what: string): ScimHandler {
  return async () => {
    throw refuse('not-implemented', { what })
  }
}
