// What this service can do, for clients that ask first. @see RFC 7644 §4
import type { Provisioner } from '#directory/provisioner.ts'
import { NotFound } from '#errors.ts'
import { resourceTypes, schemas, serviceProviderConfig } from '#protocol/scim/discovery.ts'
import { ScimError } from '#protocol/scim/error.ts'
import { sendText } from './answer.ts'
import type { ScimHandler, ScimRequest } from './request.ts'

/** RFC 7644 §4: a filter on discovery endpoints is refused; other parameters are ignored. */
function refuseFilter(request: ScimRequest) {
  if (request.query.filter !== undefined)
    throw new ScimError(403, undefined, 'Discovery endpoints take no filter')
}

function document(make: (at: Provisioner, request: ScimRequest) => object | undefined): ScimHandler {
  return async (at, request, reply) => {
    refuseFilter(request)
    const found = make(at, request)
    if (!found) throw new NotFound(`${request.params.id} not found`)
    return sendText(reply, 200, JSON.stringify(found))
  }
}

function notImplemented(what: string): ScimHandler {
  return async () => {
    throw new ScimError(501, undefined, `${what} is not supported by this service`)
  }
}

export function discoveryRoutes(): Record<string, ScimHandler> {
  return {
    '/ServiceProviderConfig': document((at) => serviceProviderConfig(at.base)),
    '/ResourceTypes': document((at) => resourceTypes.list(at.base)),
    '/ResourceTypes/:id': document((at, request) => resourceTypes.find(at.base, request.params.id)),
    '/Schemas': document((at) => schemas.list(at.base)),
    '/Schemas/:id': document((at, request) => schemas.find(at.base, request.params.id)),
    '/Me': notImplemented('/Me'),
  }
}
