// Queries of the identity provider pages, and the new credentials kept in memory.
import { queryOptions, useQuery } from '@tanstack/react-query'
import type {
  Deletion,
  IdentityProvider,
  IdentityProviders,
  Mapping,
  ServiceCertificates,
} from '../../../../src/http/portal/identity-providers/contract.ts'
import type {
  ClientKeys,
  Credentials,
  IssuedCredential,
} from '../../../../src/http/portal/identity-providers/credential-contract.ts'
import type { Identification } from '../../../../src/http/portal/users/identity-contract.ts'
import { api } from '../../api/client.ts'

export type { IdentityProvider }
export const PROVIDERS_KEY = ['identity-providers'] as const

export const providersQuery = queryOptions({
  queryKey: PROVIDERS_KEY,
  queryFn: ({ signal }) => api.get<IdentityProviders>('/identity-providers', {}, signal),
})

/** The tenant's identity providers, for a select. */
export function useProviderChoices(): { value: string; label: string }[] {
  return useQuery(providersQuery).data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []
}

export const providerQuery = (id: string) => ({
  queryKey: [...PROVIDERS_KEY, id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<IdentityProvider>(`/identity-providers/${id}`, {}, signal),
})

export const credentialsQuery = (id: string) =>
  queryOptions({
    queryKey: [...PROVIDERS_KEY, id, 'credentials'],
    queryFn: ({ signal }) => api.get<Credentials>(`/identity-providers/${id}/credentials`, {}, signal),
  })

export const serviceCertificatesQuery = (id: string) =>
  queryOptions({
    queryKey: [...PROVIDERS_KEY, id, 'service-certificates'],
    queryFn: ({ signal }) =>
      api.get<ServiceCertificates>(`/identity-providers/${id}/service-certificates`, {}, signal),
  })

export const clientKeysQuery = (id: string) =>
  queryOptions({
    queryKey: [...PROVIDERS_KEY, id, 'client-keys'],
    queryFn: ({ signal }) => api.get<ClientKeys>(`/identity-providers/${id}/client-keys`, {}, signal),
  })

export const identificationQuery = (id: string) =>
  queryOptions({
    queryKey: [...PROVIDERS_KEY, id, 'identification'],
    queryFn: ({ signal }) => api.get<Identification>(`/identity-providers/${id}/identification`, {}, signal),
  })

export const deletionQuery = (id: string, enabled: boolean) =>
  queryOptions({
    queryKey: [...PROVIDERS_KEY, id, 'deletion'],
    queryFn: ({ signal }) => api.get<Deletion>(`/identity-providers/${id}/deletion`, {}, signal),
    enabled,
    staleTime: 0,
  })

export const defaultMappingQuery = queryOptions({
  queryKey: [...PROVIDERS_KEY, 'default-mapping'],
  queryFn: ({ signal }) => api.get<Mapping>('/identity-providers/default-mapping', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

export type Issued = Pick<IssuedCredential, 'endpoint' | 'key' | 'secret' | 'token'>

/** New credentials, which the server shows once. They stay in memory until the page is closed or reloaded. */
export const issuedKey = (id: string) => ['issued-credentials', id] as const

export const issuedQuery = (id: string) =>
  queryOptions<Issued | null>({ queryKey: issuedKey(id), queryFn: () => null, staleTime: 'static' })
