import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { appRoute } from '../../shell/routes.tsx'
import { choice, text } from '../../shell/search-params.ts'
import { GUIDES } from './guide/guide-steps.ts'

export const identityProviderRoutes = [
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers',
    validateSearch: (search: Record<string, unknown>) => ({ open: text(search, 'open') }),
    component: lazyRouteComponent(() => import('./list-page.tsx'), 'ListPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/new',
    component: lazyRouteComponent(() => import('./form/form-pages.tsx'), 'NewPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/edit',
    component: lazyRouteComponent(() => import('./form/form-pages.tsx'), 'EditPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/credentials',
    component: lazyRouteComponent(() => import('./credentials/credentials-page.tsx'), 'CredentialsPage'),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: '/identity-providers/$id/guide',
    validateSearch: (search: Record<string, unknown>) => ({ for: choice(search, 'for', GUIDES) }),
    component: lazyRouteComponent(() => import('./guide/guide-page.tsx'), 'GuidePage'),
  }),
] as const
