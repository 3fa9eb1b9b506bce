import { useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  UserEnrolment,
  UserFactors,
  UserSessions,
  WaitingUsers,
} from '../../../../src/http/portal/contract/enrolment.ts'
import type { Overview } from '../../../../src/http/portal/contract/overview.ts'
import type { User } from '../../../../src/http/portal/contract/user.ts'
import { api } from '../../api/client.ts'

export const USERS_KEY = ['users'] as const
const userKey = (id: string) => ['user', id] as const

export function userQuery(id: string) {
  return {
    queryKey: userKey(id),
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<User>(`/users/${id}`, {}, signal),
  }
}

export function enrolmentQuery(id: string) {
  return {
    queryKey: [...userKey(id), 'enrolment'],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<UserEnrolment>(`/users/${id}/enrolment`, {}, signal),
  }
}

export function factorsQuery(id: string) {
  return {
    queryKey: [...userKey(id), 'factors'],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<UserFactors>(`/users/${id}/factors`, {}, signal),
  }
}

export function sessionsQuery(id: string) {
  return {
    queryKey: [...userKey(id), 'sessions'],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<UserSessions>(`/users/${id}/sessions`, {}, signal),
  }
}

export const waitingQuery = {
  queryKey: [...USERS_KEY, 'waiting'],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<WaitingUsers>('/users/waiting', {}, signal),
}

/** After something was done to users: what is shown of them is read again. */
export function useRefreshUsers(): () => void {
  const queries = useQueryClient()
  return () => {
    for (const key of [USERS_KEY, ['user'], ['history'], ['groups'], ['group'], ['overview']])
      void queries.invalidateQueries({ queryKey: key })
  }
}

function useOverview(): Overview | undefined {
  const { data } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => api.get<Overview>('/overview', {}, signal),
    staleTime: 60_000,
  })
  return data
}

/** Names of the identity providers of the tenant, for a choice. */
export function useProviderChoices(): { value: string; label: string }[] {
  return (useOverview()?.identityProviders ?? []).map(({ id, name }) => ({ value: id, label: name }))
}

/** How many have enrolled and wait to be activated. */
export function useWaitingCount(): number | undefined {
  return useOverview()?.waiting
}
