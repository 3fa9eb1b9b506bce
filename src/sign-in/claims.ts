// Turns the claims of a sign-in into a SCIM user, so that the same mapping makes the profile of provisioned and self-enrolled
// users. Pure. Claims are those of OpenID Connect Core §5.1; SAML attributes have many names.
import type { Resource } from '#protocol/scim/values/resource.ts'
import type { Assertion } from './identity/assertion.ts'

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

/** Names that identity providers use for an attribute; the first one present counts. */
const NAMES = {
  email: ['email', 'mail', `${CLAIMS}/emailaddress`, 'urn:oid:0.9.2342.19200300.100.1.3', 'User.email'],
  givenName: [
    'given_name',
    'givenName',
    'firstName',
    `${CLAIMS}/givenname`,
    'urn:oid:2.5.4.42',
    'User.FirstName',
  ],
  familyName: [
    'family_name',
    'familyName',
    'lastName',
    'sn',
    `${CLAIMS}/surname`,
    'urn:oid:2.5.4.4',
    'User.LastName',
  ],
  displayName: [
    'name',
    'displayName',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'urn:oid:2.16.840.1.113730.3.1.241',
  ],
  phoneNumber: ['phone_number', 'phoneNumber', 'telephoneNumber', `${CLAIMS}/mobilephone`],
  title: ['title', 'jobTitle'],
  userName: [
    'preferred_username',
    'upn',
    `${CLAIMS}/upn`,
    `${CLAIMS}/name`,
    'userName',
    'uid',
    'email',
    'mail',
    `${CLAIMS}/emailaddress`,
  ],
} as const

export function findClaim(
  { attributes, emailUnverified }: Assertion,
  name: keyof typeof NAMES,
): string | undefined {
  for (const alias of NAMES[name]) {
    // An unverified address could be anyone's, so it can't be a user name.
    if (name === 'userName' && alias === 'email' && emailUnverified) continue
    const [value] = Object.hasOwn(attributes, alias) ? (attributes[alias] ?? []) : []
    // Spaces around a user name are part of it.
    if (value !== undefined && value.trim() !== '') return name === 'userName' ? value : value.trim()
  }
  return undefined
}

const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Returns the SCIM user that a provisioning client would have created. */
export function resourceFromAssertion(assertion: Assertion, userName: string): Resource {
  const given = findClaim(assertion, 'givenName')
  const family = findClaim(assertion, 'familyName')
  const email = findClaim(assertion, 'email')
  const phone = findClaim(assertion, 'phoneNumber')
  const displayName = findClaim(assertion, 'displayName')
  const title = findClaim(assertion, 'title')
  const name = { ...(given && { givenName: given }), ...(family && { familyName: family }) }
  return {
    schemas: [USER_SCHEMA],
    userName,
    ...((given || family) && { name }),
    ...(displayName && { displayName }),
    ...(title && { title }),
    ...(email && { emails: [{ value: email, primary: true }] }),
    ...(phone && { phoneNumbers: [{ value: phone, primary: true }] }),
  }
}
