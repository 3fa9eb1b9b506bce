// Refusals that depend on what the directory holds: a resource that is not there, has another version, or has a value that
// must be unique.
import { refusal } from './refusal.ts'

/** What the holder of a value is at the moment: `retained` is deleted, and kept for a while so that it can be restored. */
export type HolderState = 'active' | 'deactivated' | 'disabled' | 'deleted-in-portal' | 'retained'

/** Who holds a value that must be unique, as far as it is known. The administrator's log shows the name; SCIM answers the id. */
interface Taken {
  readonly [name: string]: string | undefined
  readonly value?: string | undefined
  readonly holderId?: string | undefined
  readonly holderName?: string | undefined
  readonly holderState?: HolderState | undefined
}

const STATES: Record<HolderState, string> = {
  active: '',
  deactivated: ', who is deactivated',
  disabled: ', who is disabled by an administrator',
  'deleted-in-portal': ', who was deleted in the portal',
  retained: ', who was deleted and can still be restored',
}

function taken(attribute: string, type: 'user' | 'group') {
  return ({ holderId, holderState = 'active' }: Taken) =>
    holderId === undefined
      ? `${attribute} is taken by another ${type}`
      : `${attribute} is taken by ${type} ${holderId}${STATES[holderState]}`
}

export const RESOURCE_REFUSALS = {
  'user-not-found': refusal<{ id: string }>(404, undefined, ({ id }) => `User ${id} not found`),
  'group-not-found': refusal<{ id: string }>(404, undefined, ({ id }) => `Group ${id} not found`),
  'document-not-found': refusal<{ id: string }>(404, undefined, ({ id }) => `${id} not found`),
  'user-name-taken': refusal<Taken>(409, 'uniqueness', taken('userName', 'user')),
  'external-id-taken': refusal<Taken>(409, 'uniqueness', taken('externalId', 'user')),
  'group-external-id-taken': refusal<Taken>(409, 'uniqueness', taken('externalId', 'group')),
  'group-name-taken': refusal<Taken>(409, 'uniqueness', taken('displayName', 'group')),
  'entity-tag-malformed': refusal(
    400,
    'invalidVers',
    () => 'If-Match and If-None-Match take entity tags such as W/"1", or *',
  ),
  /** Without `version`: nobody knows it, since the resource changed while the request was under way. */
  'version-changed': refusal<{ type: 'User' | 'Group'; id: string; version?: string }>(
    412,
    undefined,
    ({ type, id, version }) =>
      version === undefined
        ? `${type} ${id} is no longer at the version that If-Match names`
        : `${type} ${id} is at version ${version}`,
  ),
  'user-name-in-motion': refusal(
    503,
    undefined,
    () => 'Users of this name come and go at the same moment; send it again',
  ),
}
