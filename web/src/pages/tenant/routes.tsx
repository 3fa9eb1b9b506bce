import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'

export const tenantRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/administrators',
    component: lazyRouteComponent(() => import('./administrators-page.tsx'), 'AdministratorsPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/api-keys',
    component: lazyRouteComponent(() => import('./api-keys-page.tsx'), 'ApiKeysPage'),
  }),
] as const
