import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { choice, text } from '../../shell/search-params.ts'
import { type GroupFilters, ORDERS, SORTS } from './filters.ts'

export const groupRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/groups',
    validateSearch: (search: Record<string, unknown>): GroupFilters => {
      const filters = {
        q: text(search, 'q'),
        identityProviderId: text(search, 'identityProviderId'),
        sort: choice(search, 'sort', SORTS),
        order: choice(search, 'order', ORDERS),
        after: text(search, 'after'),
      }
      return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
    },
    component: lazyRouteComponent(() => import('./groups-page.tsx'), 'GroupsPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/groups/$id',
    validateSearch: (search: Record<string, unknown>): { after?: string } => {
      const after = text(search, 'after')
      return after === undefined ? {} : { after }
    },
    component: lazyRouteComponent(() => import('./group-page.tsx'), 'GroupPage'),
  }),
] as const
