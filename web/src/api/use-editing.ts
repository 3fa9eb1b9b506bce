import { type QueryKey, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

interface EditedQuery<Data> {
  readonly queryKey: QueryKey
  readonly queryFn: (context: { signal: AbortSignal }) => Promise<Data>
  readonly enabled?: boolean
}

/** A key of its own, so that invalidating other queries doesn't replace the data under an open form. */
export function editingKey(queryKey: QueryKey): QueryKey {
  return ['editing', ...queryKey]
}

/**
 * Fetches what a form edits, once; it doesn't change while the form is open.
 * @returns `generation`: the React key of the form, which `reload` changes to reset it
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
