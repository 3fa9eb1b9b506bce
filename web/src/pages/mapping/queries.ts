import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { AttributeMapping, MappingPreview } from '../../../../src/http/portal/contract/mapping.ts'
import { api } from '../../api/client.ts'

export const mappingKey = (id: string) => ['identity-providers', id, 'mapping'] as const

export const mappingQuery = (id: string) =>
  queryOptions({
    queryKey: mappingKey(id),
    queryFn: ({ signal }) => api.get<AttributeMapping>(`/identity-providers/${id}/mapping`, {}, signal),
  })

export const previewQuery = (id: string, mapping: AttributeMapping['mapping'], search: string | undefined) =>
  queryOptions({
    queryKey: ['mapping-preview', id, mapping, search],
    queryFn: () =>
      api.post<MappingPreview>(`/identity-providers/${id}/mapping/preview`, {
        mapping,
        ...(search && { search }),
      }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  })
