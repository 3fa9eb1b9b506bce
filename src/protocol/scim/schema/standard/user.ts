// This folder holds the schemas of RFC 7643 as data: User in this file, Group and the enterprise extension beside it.
// Tenants' own schemas aren't here. ../resource-schema.ts assembles the schemas, and ../custom-schema.ts uses
// `attribute`.
// Start with common.ts, whose functions build the attributes.
// @see RFC 7643 §4.1, §8.7.1, with the errata to `binary`, `groups.$ref` and uniqueness applied
import type { Attribute, Schema } from '../schema.ts'
import { attribute, primary, typeOf, valueList } from './common.ts'

function text(name: string, description: string): Attribute {
  return attribute(name, 'string', description)
}

const readOnly = { mutability: 'readOnly' } as const

const name = attribute('name', 'complex', "The parts of the person's name.", {
  subAttributes: [
    text('formatted', 'The full name with all its parts, as it is to be shown.'),
    text('familyName', 'The family name or last name.'),
    text('givenName', 'The given name or first name.'),
    text('middleName', 'The middle name or names.'),
    text('honorificPrefix', 'What stands before the name, such as Dr.'),
    text('honorificSuffix', 'What stands after the name, such as III.'),
  ],
})

const addresses = attribute('addresses', 'complex', 'Postal addresses.', {
  multiValued: true,
  subAttributes: [
    text('formatted', 'The whole address as on a label; it may have line breaks.'),
    text('streetAddress', 'Street, house number, box; it may have line breaks.'),
    text('locality', 'City or locality.'),
    text('region', 'State or region.'),
    text('postalCode', 'Postal code.'),
    text('country', 'Country, as a two-letter code of ISO 3166-1.'),
    typeOf(['work', 'home', 'other']),
    primary,
  ],
})

const groups = attribute(
  'groups',
  'complex',
  'The groups that the user belongs to. Changed through the groups alone.',
  {
    ...readOnly,
    multiValued: true,
    subAttributes: [
      attribute('value', 'string', 'The id of the group.', readOnly),
      attribute('$ref', 'reference', 'The URI of the group.', { ...readOnly, referenceTypes: ['Group'] }),
      attribute('display', 'string', 'The name of the group.', readOnly),
      attribute('type', 'string', 'Whether the user is a member itself or through another group.', {
        ...readOnly,
        canonicalValues: ['direct', 'indirect'],
      }),
    ],
  },
)

export const user: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute(
      'userName',
      'string',
      'The name by which the identity provider knows the user; unique within it.',
      {
        required: true,
        uniqueness: 'server',
      },
    ),
    name,
    text('displayName', 'The name to be shown for the user.'),
    text('nickName', 'What the person is casually called.'),
    attribute('profileUrl', 'reference', "The URI of the user's profile page.", {
      referenceTypes: ['external'],
    }),
    text('title', "The person's title, such as Vice President."),
    text('userType', 'The relation between organisation and user, such as Employee or Contractor.'),
    text('preferredLanguage', 'The preferred language, as in an Accept-Language header.'),
    text('locale', 'The locale for dates, numbers and currency, as a language tag.'),
    text('timezone', 'The time zone, by its name in the IANA database.'),
    attribute('active', 'boolean', 'Whether the user may sign in.'),
    attribute('password', 'string', 'A password in clear text, to be set. It is never returned.', {
      mutability: 'writeOnly',
      returned: 'never',
    }),
    valueList('emails', 'E-mail addresses.', text('value', 'The e-mail address.'), ['work', 'home', 'other']),
    valueList('phoneNumbers', 'Phone numbers.', text('value', 'The phone number.'), [
      'work',
      'home',
      'mobile',
      'fax',
      'pager',
      'other',
    ]),
    valueList('ims', 'Instant messaging addresses.', text('value', 'The instant messaging address.'), [
      'aim',
      'gtalk',
      'icq',
      'xmpp',
      'msn',
      'skype',
      'qq',
      'yahoo',
    ]),
    valueList(
      'photos',
      'Pictures of the user.',
      attribute('value', 'reference', 'The URI of the picture.', { referenceTypes: ['external'] }),
      ['photo', 'thumbnail'],
    ),
    addresses,
    groups,
    valueList('entitlements', 'Things that the user is entitled to.', text('value', 'The entitlement.')),
    valueList('roles', 'The roles of the user.', text('value', 'The role.')),
    valueList(
      'x509Certificates',
      'Certificates issued to the user.',
      attribute('value', 'binary', 'The certificate, DER in base64.'),
    ),
  ],
}
