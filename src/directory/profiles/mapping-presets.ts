// Mappings that fit what each known identity provider sends by default, for an editor to begin with. Pure data.
import type { Mapping } from '#identity-providers/mapping.ts'
import { DEFAULT_MAPPING } from './mapping.ts'

export const PRESET_NAMES = ['generic', 'entra', 'okta', 'onelogin', 'jumpcloud', 'ping', 'google'] as const
export type PresetName = (typeof PRESET_NAMES)[number]

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The default with other sources for some of its attributes. */
function withSources(sources: Readonly<Record<string, string>>): Mapping {
  return DEFAULT_MAPPING.map((rule) => ({ ...rule, source: sources[rule.attribute] ?? rule.source ?? '' }))
}

function without(mapping: Mapping, attributes: readonly string[]): Mapping {
  return mapping.filter(({ attribute }) => !attributes.includes(attribute))
}

export const MAPPING_PRESETS: Readonly<Record<PresetName, Mapping>> = {
  generic: DEFAULT_MAPPING,
  /** Its own attribute mapping writes `mail` and `telephoneNumber` into the elements of type work, and no primary. */
  entra: withSources({
    email: 'emails[type eq "work"].value',
    phoneNumber: 'phoneNumbers[type eq "work"].value',
  }),
  /** Sends several typed addresses with one primary, and the manager's name beside an id that is Okta's own. */
  okta: withSources({
    email: 'emails[primary eq true].value',
    manager: `${ENTERPRISE}:manager.displayName`,
  }),
  /** One address, of whatever type; what else is sent is what its parameters add, the names always. */
  onelogin: without(DEFAULT_MAPPING, ['manager', 'employeeNumber']),
  jumpcloud: withSources({
    email: 'emails[type eq "work"].value',
    phoneNumber: 'phoneNumbers[type eq "work"].value',
  }),
  ping: withSources({ email: 'emails[type eq "work"].value' }),
  /** Users only: no group, and no manager whose name or id would be known here. */
  google: without(withSources({ email: 'emails[type eq "work"].value' }), ['manager']),
}
