import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'

export const tenantSettingsRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/tenant-settings',
    component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
  }),
] as const
