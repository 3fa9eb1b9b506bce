import { type QueryClient, useQuery } from '@tanstack/react-query'
import { api, connectSession, type Me } from '../api/client.ts'

export const ME_KEY = ['me'] as const

/** The signed-in administrator. Always present on pages below the app shell. */
export function useMe(): Me {
  const { data } = useMeQuery()
  if (!data) throw new Error('asked who is signed in outside of the shell')
  return data
}

function useMeQuery() {
  return useQuery({ queryKey: ME_KEY, queryFn: fetchMe, staleTime: 60_000, retry: false })
}

export async function fetchMe(): Promise<Me> {
  const me = await api.get<Me>('/me')
  connectSession({ csrfToken: me.csrfToken })
  return me
}

/**
 * Fetches the CSRF token of a session that another tab renewed. When another account has signed in in this browser, the page
 * reloads instead, so that an action meant for one account isn't done with another.
 * @returns whether the same administrator is signed in
 */
export async function renewToken(queries: QueryClient): Promise<boolean> {
  const before = queries.getQueryData<Me>(ME_KEY)
  const me = await fetchMe()
  if (before?.administrator.id !== me.administrator.id) {
    location.reload()
    return false
  }
  queries.setQueryData(ME_KEY, me)
  return true
}

const RANK = { auditor: 1, admin: 2, owner: 3 }

/** Whether the person's role may do what needs this one. */
export function useMay(role: keyof typeof RANK): boolean {
  return RANK[useMe().administrator.role] >= RANK[role]
}
