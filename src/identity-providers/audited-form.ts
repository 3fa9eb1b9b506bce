// Builds the form in which the audit log shows an identity provider. It has every setting. Certificates appear by
// their fingerprint, which is short and easy to compare. The client secret appears only as set or not set.
import { isDeepStrictEqual } from 'node:util'
import { fingerprintOf } from './details/certificates.ts'
import type { Details } from './details/details.ts'
import type { ProviderType } from './provider-type.ts'
import type { Settings } from './settings.ts'

type Shown = Record<string, unknown>

export function auditedForm(type: ProviderType, settings: Settings, details: Details): Shown {
  const { certificates, ...plain } = details
  const fingerprints = certificates && { certificates: certificates.map(fingerprintOf) }
  return { type, ...settings, details: { ...plain, ...fingerprints } }
}

/**
 * Returns the fields that differ, comparing each field of `details` separately.
 * @returns undefined when nothing differs
 */
export function difference(before: Shown, after: Shown): { before: Shown; after: Shown } | undefined {
  const { details: detailsBefore, ...restBefore } = before
  const { details: detailsAfter, ...restAfter } = after
  const rest = differing(restBefore, restAfter)
  const details = differing((detailsBefore ?? {}) as Shown, (detailsAfter ?? {}) as Shown)
  if (!rest && !details) return undefined
  return {
    before: { ...rest?.before, ...(details && { details: details.before }) },
    after: { ...rest?.after, ...(details && { details: details.after }) },
  }
}

function differing(before: Shown, after: Shown): { before: Shown; after: Shown } | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
  if (changed.length === 0) return undefined
  const only = (from: Shown) => Object.fromEntries(changed.map((name) => [name, from[name] ?? null]))
  return { before: only(before), after: only(after) }
}
