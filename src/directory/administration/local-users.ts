// Users of the tenant's local identity provider, which are created and edited in the portal.
import type { Precondition } from '#protocol/scim/messages/etag.ts'
import { isObject, type Json, type JsonObject } from '#protocol/scim/messages/json.ts'
import { type Resource, readResource } from '#protocol/scim/values/resource.ts'
import { changeUser, createUser } from '../users/users.ts'
import { inFormWords, localProvisioner, masterOf, type PortalWorker } from './local-provisioner.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The fields of the form. Undefined keeps the current value; null removes it. */
export interface LocalUserFields {
  readonly userName?: string
  readonly email?: string
  readonly givenName?: string | null
  readonly familyName?: string | null
  readonly displayName?: string | null
  readonly phoneNumber?: string | null
  readonly title?: string | null
  readonly department?: string | null
  readonly manager?: string | null
  readonly employeeNumber?: string | null
}

/** The field of the form for each path that a SCIM error can name. */
const FIELDS = {
  'emails[0].value': 'email',
  'phoneNumbers[0].value': 'phoneNumber',
  'name.givenName': 'givenName',
  'name.familyName': 'familyName',
  [`${ENTERPRISE}:department`]: 'department',
  [`${ENTERPRISE}:manager`]: 'manager',
  [`${ENTERPRISE}:manager.value`]: 'manager',
  [`${ENTERPRISE}:employeeNumber`]: 'employeeNumber',
}

/** Creates a user. @returns its id @throws {Invalid} @throws {Conflict} */
export async function createLocalUser(worker: PortalWorker, fields: LocalUserFields): Promise<string> {
  const at = await localProvisioner(worker)
  return inFormWords(FIELDS, async () => {
    const { resource } = readResource(withFields({}, fields), at.schemas.users, 'lenient')
    return (await createUser(at, resource)).id
  })
}

/**
 * Changes a user.
 * @throws {NotFound}
 * @throws {Refused} if it isn't a local user
 * @throws {Stale}
 * @throws {Invalid}
 * @throws {Conflict}
 */
export async function changeLocalUser(
  worker: PortalWorker,
  id: string,
  fields: LocalUserFields,
  precondition: Precondition | undefined,
): Promise<void> {
  const at = await masterOf(worker, 'User', id)
  await inFormWords(FIELDS, () =>
    changeUser(at, id, precondition, (current) => {
      const { resource } = readResource(withFields(current, fields), at.schemas.users, 'lenient')
      return resource
    }),
  )
}

/** Returns the message that a SCIM client would send. Attributes that the form doesn't have keep their values. */
function withFields(current: Resource, fields: LocalUserFields): JsonObject {
  const { userName, email, givenName, familyName, displayName, phoneNumber, title } = fields
  return {
    ...current,
    ...given({ userName, displayName, title }),
    name: merged(current.name, { givenName, familyName }),
    ...(email !== undefined && { emails: firstOf(current.emails, email, 'work') }),
    ...(phoneNumber !== undefined && { phoneNumbers: firstOf(current.phoneNumbers, phoneNumber, 'work') }),
    [ENTERPRISE]: merged(current[ENTERPRISE], {
      department: fields.department,
      employeeNumber: fields.employeeNumber,
      manager: typeof fields.manager === 'string' ? { value: fields.manager } : fields.manager,
    }),
  }
}

function given(members: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject
}

/** Merges members into a complex value. Drops `formatted`, which would still show the old name. */
function merged(current: Json | undefined, members: Record<string, Json | undefined>): JsonObject {
  const { formatted: _, ...rest } = isObject(current) ? current : {}
  return { ...rest, ...given(members) }
}

/** Replaces the primary value and puts it first. The other values stay. */
function firstOf(current: Json | undefined, value: string | null, type: string): Json {
  const elements = Array.isArray(current) ? current.filter(isObject) : []
  const chief = elements.find(({ primary }) => primary === true) ?? elements[0]
  const others = elements.filter((element) => element !== chief && element.value !== value)
  return value === null ? others : [{ type, ...chief, value, primary: true }, ...others]
}
