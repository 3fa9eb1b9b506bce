import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/routes.tsx'

const component = lazyRouteComponent(() => import('./account-link-page.tsx'), 'AccountLinkPage')

/** URLs of one-time links, as the service prints and emails them. */
export const accountLinkRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/setup/$token', component }),
  createRoute({ getParentRoute: () => rootRoute, path: '/invitation/$token', component }),
  createRoute({ getParentRoute: () => rootRoute, path: '/reset/$token', component }),
] as const
