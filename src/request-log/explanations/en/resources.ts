import type { RESOURCE_REFUSALS, Taken } from '#protocol/scim/refusals/resource.ts'
import type { Console, Explanations } from '../explanation-text.ts'
import { brokenMessage, sendAgain, wait } from './steps.ts'

function gone({ name, again }: Console): readonly string[] {
  return [
    `Let ${name} look for it again, so that it is created: ${again}.`,
    'If it was deleted by mistake, the Audit Log shows who deleted it and when.',
  ]
}

const STATES = {
  active: '',
  deactivated: ', who is deactivated by the identity provider',
  disabled: ', who is disabled by an administrator',
  'deleted-in-portal': ', who was deleted in the portal',
} as const

function holder({ holderName, holderState = 'active' }: Taken, type: 'user' | 'group'): string {
  const named = holderName === undefined ? `another ${type}` : `the ${type} “${holderName}”`
  return `${named}${STATES[holderState]}`
}

/** Returns the first step, which depends on why the user who has the value can't sign in. */
function release({ holderState }: Taken, { name }: Console): readonly string[] {
  switch (holderState) {
    case 'deactivated':
      return [`If it is the same user, activate that one in ${name} instead of creating another.`]
    case 'disabled':
      return ['If it is the same user, enable that one here: Users.']
    case 'deleted-in-portal':
      return ['If it is the same user, restore that one here: Users.']
    default:
      return []
  }
}

const SHARED_IDS =
  'Or allow shared external IDs here: Identity Providers › this one › External IDs are unique.'
const SHARED_USER_IDS = `${SHARED_IDS} While sign-in finds users by external ID, theirs stay unique.`

function quotedValue({ value }: Taken): string {
  return value === undefined ? '' : ` “${value}”`
}

export const RESOURCES: Explanations<keyof typeof RESOURCE_REFUSALS> = {
  'user-not-found': (_, { who, idp }) => ({
    cause: `${who} is not here (any more), but ${idp.name} still uses the id of before.`,
    steps: gone(idp),
  }),
  'group-not-found': (_, { who, idp }) => ({
    cause: `${who} is not here (any more), but ${idp.name} still uses the id of before.`,
    steps: gone(idp),
  }),
  'document-not-found': ({ id }, { idp }) => ({
    cause: `${idp.name} asked for ${id}, which this service does not describe.`,
    steps: [
      `If it is a schema of yours, declare it here. Otherwise remove it from ${idp.name}: ${idp.mapping}.`,
    ],
  }),
  'user-name-taken': (taken, { idp }) => ({
    cause: `The userName${quotedValue(taken)} is taken by ${holder(taken, 'user')}. Upper and lower case are the same.`,
    steps: [
      ...release(taken, idp),
      `If they are two users, change one of the names in ${idp.name}, or map userName to something unique: ${idp.mapping}.`,
      `If it is the same user, let ${idp.name} match by userName. Then send it again: ${idp.again}.`,
    ],
  }),
  'external-id-taken': (taken, { idp }) => ({
    cause: `The externalId${quotedValue(taken)} is taken by ${holder(taken, 'user')}.`,
    steps: [
      ...release(taken, idp),
      `Map externalId to an id that no two users share, such as the object id: ${idp.mapping}.`,
      SHARED_USER_IDS,
      sendAgain(idp),
    ],
  }),
  'group-external-id-taken': (taken, { idp }) => ({
    cause: `The externalId${quotedValue(taken)} is taken by ${holder(taken, 'group')}.`,
    steps: [
      `Map externalId to an id that no two groups share, such as the object id: ${idp.mapping}.`,
      SHARED_IDS,
      sendAgain(idp),
    ],
  }),
  'group-name-taken': (taken, { idp }) => ({
    cause: `The group name${quotedValue(taken)} is taken by ${holder(taken, 'group')}. Upper and lower case are the same.`,
    steps: [
      `Rename one of the two groups in ${idp.name}, or don't assign it.`,
      'Or allow groups with the same name here: Identity Providers › this one › unique group names.',
      sendAgain(idp),
    ],
  }),
  'entity-tag-malformed': (_, { idp }) => ({
    cause: 'The request names a version in a way that HTTP does not allow.',
    steps: brokenMessage(idp),
  }),
  'version-changed': (_, { who, idp }) => ({
    cause: `${who} was changed in the meantime. ${idp.name} reads it again and repeats its change.`,
    steps: [],
  }),
  'user-name-in-motion': (_, { who, idp }) => ({
    cause: `${who} was created and deleted several times at the same moment. Nothing was half done.`,
    steps: wait(idp),
  }),
}
