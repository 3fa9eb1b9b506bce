import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { AttributeMapping, MappingPreview } from '../../../../src/http/portal/mapping/contract.ts'
import { api } from '../../api/client.ts'
import { type Draft, rulesOf } from './drafts.ts'

const mappingKey = (id: string) => ['identity-providers', id, 'mapping'] as const

export const mappingQuery = (id: string) => ({
  queryKey: mappingKey(id),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<AttributeMapping>(`/identity-providers/${id}/mapping`, {}, signal),
})

/** @returns the preview with the keys of its drafts, since they may have been reordered since */
export const previewQuery = (id: string, drafts: readonly Draft[], search: string | undefined) =>
  queryOptions({
    queryKey: ['mapping-preview', id, drafts, search],
    queryFn: async () => {
      const body = { mapping: rulesOf(drafts), ...(search && { search }) }
      const preview = await api.post<MappingPreview>(`/identity-providers/${id}/mapping/preview`, body)
      return { ...preview, keys: drafts.map(({ key }) => key) }
    },
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  })
