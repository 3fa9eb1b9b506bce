import type { FastifyRequest } from 'fastify'
import { Invalid } from '#errors.ts'
import { describeCertificate, readCertificates } from '#identity-providers/details/certificates.ts'
import { compareDetails } from '#identity-providers/details/compare-details.ts'
import { discover } from '#identity-providers/details/oidc-discovery.ts'
import {
  fetchMetadata,
  type ImportedMetadata,
  importMetadata,
} from '#identity-providers/details/saml-import.ts'
import { getIdentityProvider } from '#identity-providers/identity-providers.ts'
import { type ById, IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
import { route, routes } from '../route.ts'
import {
  Certificates,
  Discover,
  Discovery,
  Metadata,
  MetadataComparison,
  ReadCertificates,
  ReadMetadata,
} from './contract.ts'
import { viewOfCertificate, viewOfDetails } from './view.ts'

const tags = ['identity providers']
/** Metadata may have 256 KiB; as a string in JSON it is longer. */
const METADATA_BYTES = 1_048_576

/** Reads what an identity provider publishes about itself, to fill the form. Nothing is saved. */
export const metadataRoutes = routes([
  route(
    'POST /identity-providers/metadata',
    {
      tags,
      role: 'admin',
      bodyLimit: METADATA_BYTES,
      summary: 'Read SAML metadata from XML or a URL',
      body: ReadMetadata,
      response: { 200: Metadata },
    },
    readMetadata,
  ),
  route(
    'POST /identity-providers/:id/metadata/comparison',
    {
      tags,
      role: 'admin',
      summary: 'Read the SAML metadata again and compare it with the saved details',
      params: IdParams,
      response: { 200: MetadataComparison },
    },
    compareMetadata,
  ),
  route(
    'POST /identity-providers/certificates',
    {
      tags,
      role: 'admin',
      summary: 'Read signing certificates: subject, fingerprint and validity',
      body: ReadCertificates,
      response: { 200: Certificates },
    },
    describeCertificates,
  ),
  route(
    'POST /identity-providers/discover',
    {
      tags,
      role: 'admin',
      summary: 'Read and check the discovery document of an OpenID Connect issuer',
      body: Discover,
      response: { 200: Discovery },
    },
    discoverIssuer,
  ),
])

async function readMetadata({ body }: FastifyRequest<{ Body: ReadMetadata }>, { fetch }: PortalOptions) {
  const { xml, url } = body
  const now = new Date()
  if (xml !== undefined && url === undefined) return viewOf(importMetadata(xml, now, 'xml'))
  if (url !== undefined && xml === undefined) return viewOf(await fetchMetadata(fetch, url, now))
  throw new Invalid('xml', 'or url must be given, and not both')
}

async function compareMetadata({ params, principal }: FastifyRequest<ById>, { db, fetch }: PortalOptions) {
  const { details, version } = await getIdentityProvider(db, principal.tenantId, params.id)
  const url = details.metadataUrl
  if (url === undefined)
    throw new Invalid('metadataUrl', 'is missing. Import the metadata from its URL in the form first.')
  const { details: found, warnings } = await fetchMetadata(fetch, url, new Date())
  const { changes, certificates } = compareDetails(details, found)
  return {
    url,
    changes: [...changes],
    certificates: {
      added: certificates.added.map(viewOfCertificate),
      removed: certificates.removed.map(viewOfCertificate),
      kept: certificates.kept.map(viewOfCertificate),
    },
    warnings: [...warnings],
    version,
  }
}

async function describeCertificates({ body }: FastifyRequest<{ Body: ReadCertificates }>) {
  const pems = readCertificates(body.certificates.join('\n'))
  return { certificates: pems.map((pem) => viewOfCertificate(describeCertificate(pem))) }
}

async function discoverIssuer({ body }: FastifyRequest<{ Body: Discover }>, { fetch }: PortalOptions) {
  const { checks, metadata } = await discover(fetch, body.issuer, body.scopes ?? [])
  return {
    checks: [...checks],
    authorizationEndpoint: metadata?.authorizationEndpoint ?? null,
    scopes: [...(metadata?.scopes ?? [])],
    clientAuthentication: [...(metadata?.clientAuthentication ?? [])],
  }
}

function viewOf({ details, nameIdFormats, validUntil, warnings }: ImportedMetadata): Metadata {
  return {
    details: viewOfDetails(details),
    nameIdFormats: [...nameIdFormats],
    validUntil,
    warnings: [...warnings],
  }
}
