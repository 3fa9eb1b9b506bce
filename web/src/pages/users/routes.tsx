import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { choice, given, ORDERS, text } from '../../shell/search-params.ts'
import { SORTS, STATUSES, type UserFilters } from './list/filters.ts'
import { waitingQuery } from './queries.ts'

interface DeletedFilters {
  readonly q?: string | undefined
  readonly after?: string | undefined
}

export const userRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users',
    // Loaded before the page renders, to avoid layout shifts.
    loader: ({ context }) =>
      context.queries.prefetchQuery({ ...waitingQuery, staleTime: Number.POSITIVE_INFINITY }),
    validateSearch: (search: Record<string, unknown>): UserFilters => {
      return given({
        q: text(search, 'q'),
        identityProviderId: text(search, 'identityProviderId'),
        status: choice(search, 'status', STATUSES),
        groupId: text(search, 'groupId'),
        sort: choice(search, 'sort', SORTS),
        order: choice(search, 'order', ORDERS),
        after: text(search, 'after'),
      })
    },
    component: lazyRouteComponent(() => import('./list/users-page.tsx'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users/new',
    component: lazyRouteComponent(() => import('./form/user-form-pages.tsx'), 'NewUserPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users/waiting',
    component: lazyRouteComponent(() => import('./list/waiting-page.tsx'), 'WaitingPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users/deleted',
    validateSearch: (search: Record<string, unknown>): DeletedFilters =>
      given({ q: text(search, 'q'), after: text(search, 'after') }),
    component: lazyRouteComponent(() => import('./list/deleted-page.tsx'), 'DeletedUsersPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users/$id',
    component: lazyRouteComponent(() => import('./user/user-page.tsx'), 'UserPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/users/$id/edit',
    component: lazyRouteComponent(() => import('./form/user-form-pages.tsx'), 'EditUserPage'),
  }),
] as const
