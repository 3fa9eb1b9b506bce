// Shows an identity provider as the contract has it: without secrets, with the facts about its certificates, and with what
// an administrator enters at the identity provider.
import {
  type CertificateFacts,
  describeCertificate,
  goodUntil,
} from '#identity-providers/details/certificates.ts'
import { type Details, missingDetails } from '#identity-providers/details/details.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { IdentityProvider, Provided } from '#identity-providers/identity-providers.ts'
import type { Mapping } from '#identity-providers/mapping.ts'
import { withIsoTimes } from '../iso-times.ts'
import type { Certificate, Mapping as Rules, IdentityProvider as View } from './contract.ts'

export function scimEndpoint(publicUrl: string, idpId: string): string {
  return `${publicUrl}/scim/v2/${idpId}`
}

/** @param credentials SCIM credentials that were just created; only this response shows them */
export function viewOf({ provider, credentials }: Provided, publicUrl: string): View {
  const { tenantId: _, mfaMethods, mfaDemand, ...plain } = provider
  return {
    ...withIsoTimes(plain),
    mfaMethods: [...mfaMethods],
    mfaDemand: structuredClone(mfaDemand) as View['mfaDemand'],
    mapping: provider.mapping && viewOfMapping(provider.mapping),
    details: viewOfDetails(provider.details),
    serviceProvider: serviceProviderOf(publicUrl, provider.id, provider.type),
    scim: viewOfScim(provider, credentials, publicUrl),
    missingDetails: missingDetails(provider.type, provider.details, provider.hasClientSecret),
    certificatesUntil: certificatesUntil(provider),
  }
}

/** Returns until when one of the signing certificates is valid, or null for none. */
export function certificatesUntil({ details }: Pick<IdentityProvider, 'details'>): string | null {
  return goodUntil(details.certificates ?? [])?.toISOString() ?? null
}

export function viewOfMapping(mapping: Mapping): Rules {
  return structuredClone(mapping) as Rules
}

export function viewOfDetails({ certificates, scopes, ...plain }: Details): View['details'] {
  return {
    ...plain,
    ...(scopes && { scopes: [...scopes] }),
    ...(certificates && {
      certificates: certificates.map((pem) => viewOfCertificate(describeCertificate(pem))),
    }),
  }
}

export function viewOfCertificate(facts: CertificateFacts): Certificate {
  return withIsoTimes(facts)
}

function viewOfScim(
  { id, type }: IdentityProvider,
  credentials: Provided['credentials'],
  publicUrl: string,
): View['scim'] {
  if (type === 'local') return null
  const endpoint = scimEndpoint(publicUrl, id)
  if (!credentials) return { endpoint }
  const { key, secret, token } = credentials
  return { endpoint, key, secret, token }
}
