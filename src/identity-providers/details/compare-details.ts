// Compares the current metadata of a SAML identity provider with the saved details, so that an administrator can
// decide before anything changes. Pure.
import { type CertificateFacts, describeCertificate } from './certificates.ts'
import type { Details } from './details.ts'

const COMPARED = ['entityIssuer', 'ssoUrl', 'ssoBinding', 'sloUrl', 'signRequests'] as const

export interface DetailsComparison {
  readonly changes: readonly {
    readonly field: (typeof COMPARED)[number]
    readonly before: string | boolean | null
    readonly after: string | boolean
  }[]
  readonly certificates: {
    readonly added: readonly CertificateFacts[]
    readonly removed: readonly CertificateFacts[]
    readonly kept: readonly CertificateFacts[]
  }
}

/**
 * Compares saved details with those found in metadata. Fields that the metadata lacks are kept. So are the
 * administrator's choices among the options on offer: the binding of an address, the NameID format, and signing when
 * it isn't required.
 */
export function compareDetails(now: Details, found: Details): DetailsComparison {
  const isChosenHere = (field: string) =>
    (field === 'ssoBinding' && found.ssoUrl === now.ssoUrl) ||
    (field === 'signRequests' && found.signRequests !== true)
  return {
    changes: COMPARED.flatMap((field) => {
      const after = found[field]
      if (after === undefined || after === now[field] || isChosenHere(field)) return []
      return [{ field, before: now[field] ?? null, after }]
    }),
    certificates: compareCertificates(now.certificates ?? [], found.certificates ?? []),
  }
}

function compareCertificates(now: readonly string[], found: readonly string[]) {
  const described = (all: readonly string[]) => all.map(describeCertificate)
  return {
    added: described(found.filter((pem) => !now.includes(pem))),
    removed: described(found.length === 0 ? [] : now.filter((pem) => !found.includes(pem))),
    kept: described(found.length === 0 ? now : now.filter((pem) => found.includes(pem))),
  }
}
