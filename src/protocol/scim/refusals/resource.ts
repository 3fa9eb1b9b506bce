// Refusals that depend on the directory: a resource is missing, has another version, or would repeat a unique value.
import { refusal } from './refusal.ts'

/** `deleted-in-portal`: the identity provider has not deleted the user, so the SCIM resource is still there. */
export type HolderState = 'active' | 'deactivated' | 'disabled' | 'deleted-in-portal'

/** The holder of a unique value. A user deleted over SCIM holds none, although the user is kept for a while. */
export interface Taken {
  readonly [name: string]: string | undefined
  readonly value: string
  readonly holderId: string
  readonly holderName: string
  /** Only set for users. */
  readonly holderState?: HolderState
}

const STATES: Readonly<Record<HolderState, string>> = {
  active: ', who is active',
  deactivated: ', who is deactivated by the identity provider',
  disabled: ', who is disabled by an administrator',
  'deleted-in-portal': ', who was deleted in the portal',
}

/** What an administrator can do if the holder isn't active. */
const REMEDIES: Readonly<Record<HolderState, string>> = {
  active: '',
  deactivated: 'Activate that user instead',
  disabled: 'Enable that user in the portal instead',
  'deleted-in-portal': 'Restore that user in the portal instead',
}

function taken(attribute: string, type: 'user' | 'group') {
  return ({ value, holderId, holderName, holderState }: Taken) => {
    const state = holderState ? STATES[holderState] : ''
    const remedy = holderState ? REMEDIES[holderState] : ''
    const free = `delete it in the identity provider or change its ${attribute} there`
    const holder = `the ${type} "${holderName}" (id ${holderId})${state}`
    return `${attribute} "${value}" is taken by ${holder}.${remedy && ` ${remedy}, or ${free}.`}`
  }
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
  /** `version` is missing if it is unknown because the resource changed during the request. */
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
    () => 'Resources of this name come and go at the same moment; send it again',
  ),
}
