import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router'
import { ApiError } from '../api/client.ts'
import { fetchMe, ME_KEY } from '../session/use-me.ts'
import { NoSuchPage } from './not-found-page.tsx'
import { Shell } from './shell.tsx'

/** The root route. Pages that need no session are its direct children. */
export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  notFoundComponent: NoSuchPage,
})

/** The parent route of every page that requires a session. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData({ queryKey: ME_KEY, queryFn: fetchMe, staleTime: 60_000 })
    } catch (error) {
      if (error instanceof ApiError && error.status === 401)
        throw redirect({ to: '/sign-in', search: { from: location.href } })
      throw error
    }
  },
  component: Shell,
})
