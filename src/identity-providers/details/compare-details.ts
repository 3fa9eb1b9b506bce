// What a SAML identity provider says of itself now, beside the details that are kept: what an administrator decides upon
// before anything is changed. Pure.
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
 * What is missing there takes nothing away here, and what administrators choose among what is offered (the binding of
 * an address, the NameID format, signing although nobody demands it) stays as they chose it.
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
