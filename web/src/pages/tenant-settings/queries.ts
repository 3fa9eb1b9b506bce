import { queryOptions } from '@tanstack/react-query'
import type { Brand } from '../../../../src/http/portal/tenant/brand-contract.ts'
import type { Domains } from '../../../../src/http/portal/tenant/domain-contract.ts'
import { api } from '../../api/client.ts'

export const DOMAINS_KEY = ['domains'] as const
export const BRAND_KEY = ['brand'] as const

export const domainsQuery = queryOptions({
  queryKey: DOMAINS_KEY,
  queryFn: ({ signal }) => api.get<Domains>('/domains', {}, signal),
})

export const brandQuery = queryOptions({
  queryKey: BRAND_KEY,
  queryFn: ({ signal }) => api.get<Brand>('/brand', {}, signal),
})
