import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { choice, flag, given, text } from '../../shell/search-params.ts'
import { OBJECTS, OPERATIONS, RESULTS, type RequestFilters } from './filters.ts'

export const provisioningRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/provisioning',
    validateSearch: (search: Record<string, unknown>): RequestFilters => {
      const filters = {
        result: choice(search, 'result', RESULTS),
        operation: choice(search, 'operation', OPERATIONS),
        objectType: choice(search, 'objectType', OBJECTS),
        text: text(search, 'text'),
        after: text(search, 'after'),
        request: text(search, 'request'),
        live: flag(search, 'live'),
      }
      return given(filters)
    },
    component: lazyRouteComponent(() => import('./provisioning-page.tsx'), 'ProvisioningPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/test-connection',
    validateSearch: (search: Record<string, unknown>): { request?: string } => {
      const request = text(search, 'request')
      return request === undefined ? {} : { request }
    },
    component: lazyRouteComponent(() => import('./connection-page.tsx'), 'ConnectionPage'),
  }),
] as const
