import { useQueryClient } from '@tanstack/react-query'
import { type Me, setHooks } from '../api/client.ts'
import { ME_KEY } from './use-me.ts'

/** Takes in who is signed in from now on, with the token that belongs to the new session. */
export function useSignedIn(): (me: Me) => void {
  const queries = useQueryClient()
  return (me) => {
    setHooks({ csrfToken: me.csrfToken })
    queries.setQueryData(ME_KEY, me)
  }
}
