import { Invalid } from '#errors.ts'
import type { ProviderType } from './provider-type.ts'
import { demandText } from './text-rules.ts'

/** Claims and attributes that can be reassigned to another user, by their last part in lower case. */
const CHANGING = new Set([
  'email',
  'emailaddress',
  'mail',
  'upn',
  'userprincipalname',
  'preferred_username',
  'username',
  'name',
  'nickname',
  'displayname',
  'uid',
  'samaccountname',
  'phone_number',
])
const EMAIL_OID = 'urn:oid:0.9.2342.19200300.100.1.3'
const OWN = new Set(['NameID', 'sub'])
const CHARACTERS = 255

/** Checks the name of the stable identifier. @throws {Invalid} `stableIdentifier` */
export function readStableIdentifier(type: ProviderType, name: string | null): string | null {
  if (name === null) return null
  if (type === 'local') throw new Invalid('stableIdentifier', 'is not for the local identity provider')
  demandText('stableIdentifier', name, CHARACTERS)
  if (OWN.has(name))
    throw new Invalid(
      'stableIdentifier',
      `must be another claim or attribute: ${name} is used without being named`,
    )
  const [lastPart = ''] = name.toLowerCase().split(/[/.:]/).reverse()
  if (CHANGING.has(lastPart) || name === EMAIL_OID)
    throw new Invalid(
      'stableIdentifier',
      'must not be a name or an address, which may be given to somebody else',
    )
  return name
}
