import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { choice, given, ORDERS, text } from '../../shell/search-params.ts'
import { type GroupFilters, SORTS } from './filters.ts'

export const groupRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/groups',
    validateSearch: (search: Record<string, unknown>): GroupFilters => {
      return given({
        q: text(search, 'q'),
        identityProviderId: text(search, 'identityProviderId'),
        sort: choice(search, 'sort', SORTS),
        order: choice(search, 'order', ORDERS),
        after: text(search, 'after'),
      })
    },
    component: lazyRouteComponent(() => import('./groups-page.tsx'), 'GroupsPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/groups/$id',
    validateSearch: (search: Record<string, unknown>): { after?: string | undefined } => {
      return given({ after: text(search, 'after') })
    },
    component: lazyRouteComponent(() => import('./group-page.tsx'), 'GroupPage'),
  }),
] as const
