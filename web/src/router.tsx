import type { QueryClient } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import { accountRoutes } from './pages/account/routes.tsx'
import { accountLinkRoutes } from './pages/account-link/routes.tsx'
import { applicationRoutes } from './pages/applications/routes.tsx'
import { gatewayRoutes } from './pages/gateways/routes.tsx'
import { groupRoutes } from './pages/groups/routes.tsx'
import { identityProviderRoutes } from './pages/identity-providers/routes.tsx'
import { logRoutes } from './pages/logs/routes.tsx'
import { mappingRoutes } from './pages/mapping/routes.tsx'
import { overviewRoutes } from './pages/overview/routes.tsx'
import { provisioningRoutes } from './pages/provisioning/routes.tsx'
import { signInRoutes } from './pages/sign-in/routes.tsx'
import { tenantRoutes } from './pages/tenant/routes.tsx'
import { tenantSettingsRoutes } from './pages/tenant-settings/routes.tsx'
import { userRoutes } from './pages/users/routes.tsx'
import { ErrorPage } from './shell/error-page.tsx'
import { appRoute, rootRoute } from './shell/routes.tsx'

// Each capability exports its routes as a tuple; this file adds them to the route tree.
const routeTree = rootRoute.addChildren([
  ...signInRoutes,
  ...accountLinkRoutes,
  appRoute.addChildren([
    ...overviewRoutes,
    ...logRoutes,
    ...applicationRoutes,
    ...gatewayRoutes,
    ...identityProviderRoutes,
    ...mappingRoutes,
    ...provisioningRoutes,
    ...accountRoutes,
    ...tenantRoutes,
    ...tenantSettingsRoutes,
    ...userRoutes,
    ...groupRoutes,
  ]),
])

export function openRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/admin',
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof openRouter>
  }
}
