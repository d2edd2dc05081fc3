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
import { readSearch } from './pages/dashboard/builder/builder-search.ts';
import { readEmbedView } from './pages/embed/view.ts';
import { readQueryView } from './pages/query/view.ts';
import { registrationQuery } from './queries.ts';
import { DEFAULT_ENVIRONMENT, meQuery } from './session.ts';
import { NotFound, PageFailed, PageWaiting } from './shell/Messages.tsx';

interface Context {
  readonly queryClient: QueryClient;
}

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}

/** What a table's address says: sort, text, page, and its own filters. */
function tableView(search: Record<string, unknown>, ...filters: string[]): Record<string, string | undefined> {
  return Object.assign({}, ...['sort', 'q', 'cursor', ...filters].map((name) => optional(name, text(search[name]))));
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
  component: lazyRouteComponent(() => import('./pages/auth/Login.tsx'), 'Login'),
  // Nobody can sign in to an installation that nobody has an account of.
  beforeLoad: async ({ context }) => {
    const registration = await context.queryClient.ensureQueryData(registrationQuery).catch(() => null);
    if (registration?.first && registration.open) throw redirect({ to: '/register', replace: true });
  },
  validateSearch: (search: Record<string, unknown>) => optional('next', text(search.next)),
});
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  component: lazyRouteComponent(() => import('./pages/auth/Register.tsx'), 'Register'),
});
const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(() => import('./pages/auth/Forgot.tsx'), 'Forgot'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./pages/auth/Reset.tsx'), 'Reset'),
});
const accept = createRoute({
  getParentRoute: () => root,
  path: '/accept-invite',
  component: lazyRouteComponent(() => import('./pages/auth/AcceptInvite.tsx'), 'AcceptInvite'),
  validateSearch: (search: Record<string, unknown>) => optional('token', text(search.token)),
});

/** Everything behind the login. Whoever is not signed in goes there first and comes back. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: lazyRouteComponent(() => import('./shell/Shell.tsx'), 'Shell'),
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

/** Pages that are a column of panels with room around it. */
const paged = createRoute({ getParentRoute: () => signedIn, id: 'paged', component: Outlet });

/** Pages that take all of the room beside the rail and scroll in parts of their own: the builder, the query editor. */
const full = createRoute({
  getParentRoute: () => signedIn,
  id: 'full',
  component: () => (
    <div className="page-full">
      <Outlet />
    </div>
  ),
});

const home = createRoute({
  getParentRoute: () => paged,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home/Home.tsx'), 'Home'),
});
const dashboards = createRoute({
  getParentRoute: () => paged,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./pages/dashboards/Dashboards.tsx'), 'Dashboards'),
  validateSearch: (search: Record<string, unknown>) => tableView(search, 'status'),
});
const dashboard = createRoute({
  getParentRoute: () => full,
  path: '/dashboards/$id',
  component: lazyRouteComponent(() => import('./pages/dashboard/builder/BuilderPage.tsx'), 'BuilderPage'),
  validateSearch: readSearch,
});
const widgets = createRoute({
  getParentRoute: () => paged,
  path: '/widgets',
  component: lazyRouteComponent(() => import('./pages/widgets/WidgetsPage.tsx'), 'WidgetsPage'),
  validateSearch: (search: Record<string, unknown>) => tableView(search),
});
const widget = createRoute({
  getParentRoute: () => paged,
  path: '/widgets/$id',
  component: lazyRouteComponent(() => import('./pages/widgets/WidgetPage.tsx'), 'WidgetPage'),
  validateSearch: readSearch,
});
const embed = createRoute({
  getParentRoute: () => paged,
  path: '/embed',
  component: lazyRouteComponent(() => import('./pages/embed/EmbedPage.tsx'), 'EmbedPage'),
  validateSearch: readEmbedView,
});
const keys = createRoute({
  getParentRoute: () => paged,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/keys/Keys.tsx'), 'Keys'),
  validateSearch: (search: Record<string, unknown>) => tableView(search, 'scope'),
});

const query = createRoute({
  getParentRoute: () => full,
  path: '/querybuilder',
  component: lazyRouteComponent(() => import('./pages/query/QueryPage.tsx'), 'QueryPage'),
  validateSearch: readQueryView,
});

const tree = root.addChildren([
  login,
  register,
  forgot,
  reset,
  accept,
  signedIn.addChildren([
    paged.addChildren([home, dashboards, widgets, widget, embed, keys]),
    full.addChildren([dashboard, query]),
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/app',
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: PageWaiting,
    defaultPendingMs: 200,
    defaultPendingMinMs: 0,
  });
}
