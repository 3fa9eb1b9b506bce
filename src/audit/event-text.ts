import { raw } from '#platform/database/sql.ts'

/**
 * SQL for the text of one event `e` that its seal covers. Sessions use UTC, and JSON has one format for times whatever the
 * DateStyle is, so the same row gives the same text on every server.
 */
export const EVENT_TEXT =
  raw(`json_build_array(e.id, e.tenant_id, e.at, e.position, e.actor_type, e.actor_id, e.actor_name, e.idp_id, e.action,
    e.object_type, e.object_id, e.object_name, e.result, e.change, e.request_id, e.source_address)::text`)

/** Digest before the first seal. */
export const NO_DIGEST = Buffer.alloc(32)
