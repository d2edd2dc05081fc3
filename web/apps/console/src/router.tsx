/** Addresses of the console. Each page's state that is worth sharing is in its URL. */

import { ApiFailure } from '@emban/api';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { AcceptInvite } from './pages/AcceptInvite.tsx';
import { Login } from './pages/Login.tsx';
import { Register } from './pages/Register.tsx';
import { DEFAULT_ENVIRONMENT, meQuery } from './session.ts';
import { NotFound, PageFailed } from './shell/Messages.tsx';
import { Shell } from './shell/Shell.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: PageFailed,
  validateSearch: (search: Record<string, unknown>) => optional('env', text(search.env)),
  search: { middlewares: [retainSearchParams(['env'])] },
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: Login,
  validateSearch: (search: Record<string, unknown>) => optional('next', text(search.next)),
});
const register = createRoute({ getParentRoute: () => root, path: '/register', component: Register });
const accept = createRoute({
  getParentRoute: () => root,
  path: '/accept-invite',
  component: AcceptInvite,
  validateSearch: (search: Record<string, unknown>) => optional('token', text(search.token)),
});

/** Everything behind the login. Whoever is not signed in goes there first and comes back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  errorComponent: PageFailed,
  beforeLoad: async ({ context, location, search }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery(search.env ?? DEFAULT_ENVIRONMENT));
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) {
        throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
      }
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/Home.tsx'), 'Home'),
});
const dashboards = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./pages/Dashboards.tsx'), 'Dashboards'),
});
const dashboard = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboards/$id',
  component: lazyRouteComponent(() => import('./pages/dashboard/DashboardPage.tsx'), 'DashboardPage'),
  validateSearch: (search: Record<string, unknown>) => ({
    ...optional('tab', text(search.tab)),
    ...optional('tenant', text(search.tenant)),
    ...optional('period', text(search.period)),
  }),
});
const keys = createRoute({
  getParentRoute: () => signedIn,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/Keys.tsx'), 'Keys'),
});

const tree = root.addChildren([login, register, accept, signedIn.addChildren([home, dashboards, dashboard, keys])]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/app',
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}
