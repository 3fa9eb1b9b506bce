import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { SignInMethods } from '../../../../src/http/portal/session/contract.ts'
import { api } from '../../api/client.ts'
import { rootRoute } from '../../shell/routes.tsx'
import { text } from '../../shell/search-params.ts'

/** Loaded before the page renders, to avoid layout shifts. If loading fails, the password form still works. */
const loader = (): Promise<SignInMethods | undefined> =>
  api.get<SignInMethods>('/session/means').catch(() => undefined)

export const signInRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-in',
    validateSearch: (search: Record<string, unknown>): { from?: string } => {
      const from = text(search, 'from')
      return from === undefined ? {} : { from }
    },
    loader,
    component: lazyRouteComponent(() => import('./sign-in-page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/forgotten-password',
    loader,
    component: lazyRouteComponent(() => import('./forgotten-page.tsx'), 'ForgottenPage'),
  }),
] as const
