import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { readLogSearch } from './log-search.ts'

const pages = () => import('./log-pages.tsx')

export const logRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/audit-log',
    validateSearch: readLogSearch,
    component: lazyRouteComponent(pages, 'AuditLogPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/activity-log',
    validateSearch: readLogSearch,
    component: lazyRouteComponent(pages, 'ActivityLogPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/system-log',
    validateSearch: readLogSearch,
    component: lazyRouteComponent(pages, 'SystemLogPage'),
  }),
] as const
