import type { ScimError } from '../messages/error.ts'
import { unknownMembers } from './patch.ts'
import { MISSING, type Missing, ruleWords, type Wrong } from './value.ts'

/**
 * Returns the attribute and the rule that it breaks, for forms that use their own label for the attribute. Returns
 * undefined for other errors.
 */
export function brokenRule({ code, params }: ScimError): { at: string; rule: string } | undefined {
  switch (code) {
    case 'value-wrong':
      return { at: (params as Wrong).at, rule: ruleWords(params as Wrong) }
    case 'value-missing':
      return { at: (params as Missing).at, rule: MISSING[(params as Missing).how] }
    case 'member-unknown':
      return { at: 'members.value', rule: unknownMembers(params as { ids: readonly string[] }) }
    default:
      return undefined
  }
}
