import { type QueryKey, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

interface EditedQuery<Data> {
  readonly queryKey: QueryKey
  readonly queryFn: (context: { signal: AbortSignal }) => Promise<Data>
  readonly enabled?: boolean
}

/** Under no other key, so that what happens elsewhere does not bring a newer version below the form. */
export function editingKey(queryKey: QueryKey): QueryKey {
  return ['editing', ...queryKey]
}

/**
 * What a form is about. It is fetched once, and does not change below the hands of whoever edits it.
 * @returns `generation`: the key of the form, which begins anew after `reload`
 */
export function useEditing<Data>({ queryKey, queryFn, enabled = true }: EditedQuery<Data>) {
  const [generation, setGeneration] = useState(0)
  const { data, error, refetch } = useQuery({
    queryKey: editingKey(queryKey),
    queryFn: ({ signal }) => queryFn({ signal }),
    enabled,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    gcTime: 0,
  })
  const reload = async () => {
    await refetch()
    setGeneration((old) => old + 1)
  }
  return { data, error, generation, reload: () => void reload() }
}
