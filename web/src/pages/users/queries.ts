import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Overview } from '../../../../src/http/portal/contract/overview.ts'
import type { User } from '../../../../src/http/portal/contract/user.ts'
import { api } from '../../api/client.ts'

export const USERS_KEY = ['users'] as const
export const userKey = (id: string) => ['user', id] as const

export function userQuery(id: string) {
  return {
    queryKey: userKey(id),
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<User>(`/users/${id}`, {}, signal),
  }
}

/** After something was done to users: what is shown of them is read again. */
export function useRefreshUsers(): () => void {
  const queries = useQueryClient()
  return () => {
    for (const key of [USERS_KEY, ['user'], ['history'], ['groups'], ['group']])
      void queries.invalidateQueries({ queryKey: key })
  }
}

/** Names of the identity providers of the tenant, for a choice. */
export function useProviderChoices(): { value: string; label: string }[] {
  const { data } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal),
    staleTime: 60_000,
  })
  return (data?.identityProviders ?? []).map(({ id, name }) => ({ value: id, label: name }))
}
