import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
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
import { IdParams } from '../contract/common.ts'
import type { PortalOptions } from '../options.ts'
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
/** The text itself may have 256 kB; as JSON it may be longer. */
const METADATA_BYTES = 1_048_576

/** What the far side says of itself, read for the form before anything is saved. */
export const metadataRoutes: FastifyPluginAsyncTypebox<PortalOptions> = async (door, { db, fetch }) => {
  door.post(
    '/identity-providers/metadata',
    {
      config: { role: 'admin' },
      bodyLimit: METADATA_BYTES,
      schema: {
        tags,
        summary: 'Read SAML metadata, from a text or an address',
        body: ReadMetadata,
        response: { 200: Metadata },
      },
    },
    async ({ body: { xml, url } }) => {
      const now = new Date()
      if (xml !== undefined && url === undefined) return viewOf(importMetadata(xml, now, 'xml'))
      if (url !== undefined && xml === undefined) return viewOf(await fetchMetadata(fetch, url, now))
      throw new Invalid('xml', 'or url must be given, and not both')
    },
  )

  door.post(
    '/identity-providers/:id/metadata/comparison',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Read its metadata again, and say what is different from what is kept',
        params: IdParams,
        response: { 200: MetadataComparison },
      },
    },
    async ({ params, principal }) => {
      const { details, version } = await getIdentityProvider(db, principal.tenantId, params.id)
      const url = details.metadataUrl
      if (url === undefined)
        throw new Invalid('metadataUrl', 'is not known; read the metadata at its address in the form first')
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
    },
  )

  door.post(
    '/identity-providers/certificates',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Read signing certificates: whose they are, and until when',
        body: ReadCertificates,
        response: { 200: Certificates },
      },
    },
    async ({ body }) => {
      const pems = readCertificates(body.certificates.join('\n'))
      return { certificates: pems.map((pem) => viewOfCertificate(describeCertificate(pem))) }
    },
  )

  door.post(
    '/identity-providers/discover',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'Ask an OpenID issuer what it offers, and check it',
        body: Discover,
        response: { 200: Discovery },
      },
    },
    async ({ body }) => {
      const { checks, metadata } = await discover(fetch, body.issuer, body.scopes ?? [])
      return {
        checks: [...checks],
        authorizationEndpoint: metadata?.authorizationEndpoint ?? null,
        scopes: [...(metadata?.scopes ?? [])],
        clientAuthentication: [...(metadata?.clientAuthentication ?? [])],
      }
    },
  )
}

function viewOf({ details, nameIdFormats, validUntil, warnings }: ImportedMetadata): Metadata {
  return {
    details: viewOfDetails(details),
    nameIdFormats: [...nameIdFormats],
    validUntil,
    warnings: [...warnings],
  }
}
