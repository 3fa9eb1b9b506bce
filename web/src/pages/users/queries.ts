import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { User } from '../../../../src/http/portal/users/contract.ts'
import type {
  UserEnrolment,
  UserFactors,
  UserSessions,
  WaitingUsers,
} from '../../../../src/http/portal/users/enrolment-contract.ts'
import type { UserIdentities } from '../../../../src/http/portal/users/identity-contract.ts'
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

export function identitiesQuery(id: string) {
  return {
    queryKey: [...userKey(id), 'identities'],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<UserIdentities>(`/users/${id}/identities`, {}, signal),
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

/** Refetches everything about users after a change. */
export function useRefreshUsers(): () => void {
  const queries = useQueryClient()
  return () => {
    for (const key of [USERS_KEY, ['user'], ['history'], ['groups'], ['group'], ['overview']])
      void queries.invalidateQueries({ queryKey: key })
  }
}

/** Number of users who are pending activation. */
export function useWaitingCount(): number | undefined {
  return useQuery(waitingQuery).data?.items.length
}
