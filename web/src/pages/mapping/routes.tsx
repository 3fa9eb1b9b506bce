import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { text } from '../../shell/search-params.ts'

export const mappingRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/mapping',
    validateSearch: (search: Record<string, unknown>) => ({ user: text(search, 'user') }),
    component: lazyRouteComponent(() => import('./mapping-page.tsx'), 'MappingPage'),
  }),
] as const
