// Mappings that fit what each known identity provider sends by default, as a starting point in an editor. Pure data.
import type { Mapping } from '#identity-providers/mapping.ts'
import { DEFAULT_MAPPING } from './mapping.ts'

export const PRESET_NAMES = ['generic', 'entra', 'okta', 'onelogin', 'jumpcloud', 'ping', 'google'] as const
export type PresetName = (typeof PRESET_NAMES)[number]

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Returns the default mapping with other sources for some of its attributes. */
function withSources(sources: Readonly<Record<string, string>>): Mapping {
  return DEFAULT_MAPPING.map((rule) => ({ ...rule, source: sources[rule.attribute] ?? rule.source ?? '' }))
}

function without(mapping: Mapping, attributes: readonly string[]): Mapping {
  return mapping.filter(({ attribute }) => !attributes.includes(attribute))
}

export const MAPPING_PRESETS: Readonly<Record<PresetName, Mapping>> = {
  generic: DEFAULT_MAPPING,
  /**
   * Entra writes `mail` and `telephoneNumber` into the elements of type work by default, and marks none as primary.
   */
  entra: withSources({
    email: 'emails[type eq "work"].value',
    phoneNumber: 'phoneNumbers[type eq "work"].value',
  }),
  /** Okta sends several typed addresses, one of them primary. The manager's id is Okta's own, so the name is used. */
  okta: withSources({
    email: 'emails[primary eq true].value',
    manager: `${ENTERPRISE}:manager.displayName`,
  }),
  /** OneLogin sends one address of any type, and always the names. Its parameters decide what else it sends. */
  onelogin: without(DEFAULT_MAPPING, ['manager', 'employeeNumber']),
  jumpcloud: withSources({
    email: 'emails[type eq "work"].value',
    phoneNumber: 'phoneNumbers[type eq "work"].value',
  }),
  ping: withSources({ email: 'emails[type eq "work"].value' }),
  /** Google sends users without groups, and no manager whose name or id is known here. */
  google: without(withSources({ email: 'emails[type eq "work"].value' }), ['manager']),
}
