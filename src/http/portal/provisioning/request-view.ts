import type { RequestEvent } from '#audit/events-of-request.ts'
import type { Language } from '#platform/language.ts'
import { explain, explainNote } from '#request-log/explanations/explain.ts'
import { kindOf } from '#request-log/explanations/idp-kind.ts'
import type { LoggedRequest } from '#request-log/search.ts'
import type { Explanation, RequestChange, ScimRequestSummary } from './requests-contract.ts'

export function requestSummaryOf(request: LoggedRequest, language: Language): ScimRequestSummary {
  const { id, method, path, query, operation, objectType, objectId, objectName } = request
  return {
    id,
    identityProviderId: request.idpId,
    at: request.at.toISOString(),
    milliseconds: request.milliseconds,
    method,
    path,
    query,
    operation,
    objectType,
    objectId,
    objectName,
    status: request.status,
    failed: request.failed,
    scimType: request.scimType,
    detail: request.detail,
    code: request.refusalCode,
    notes: (request.notes ?? []).map((note) => ({ code: note.code, text: explainNote(note, language) })),
  }
}

/** Returns why a request failed; null when it succeeded. */
export function explanationOf(request: LoggedRequest, language: Language): Explanation | null {
  if (!request.failed) return null
  const kind = kindOf(request.userAgent)
  const { field = null, otherUserId = null, steps, ...rest } = explain(request, kind, language)
  return { ...rest, field, otherUserId, steps: [...steps] }
}

export function changeOf({ id, at, change, ...event }: RequestEvent): RequestChange {
  const { before, after, reason } = change ?? {}
  return {
    eventId: id,
    at: at.toISOString(),
    ...event,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(reason !== undefined && { reason }),
  }
}
