import { useQueryClient } from '@tanstack/react-query'
import { connectSession, type Me } from '../api/client.ts'
import { ME_KEY } from './use-me.ts'

/** Stores the new session's administrator and CSRF token after a sign-in. */
export function useSignedIn(): (me: Me) => void {
  const queries = useQueryClient()
  return (me) => {
    connectSession({ csrfToken: me.csrfToken })
    queries.setQueryData(ME_KEY, me)
  }
}
