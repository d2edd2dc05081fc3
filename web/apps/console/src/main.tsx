/** Entry of the console. */

import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@emban/theme/inter.css';
import '@emban/widgets/widgets.css';
import './console.css';
import { ApiFailure } from '@emban/api';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeRouter } from './router.tsx';
import { resolveVariables, theme } from './theme.ts';

/** A session that has ended leads to the login page, and back here afterwards. */
function leaveWhenSignedOut(error: unknown): void {
  if (!(error instanceof ApiFailure) || error.status !== 401 || error.code === 'invalid_credentials') return;
  const { pathname, search } = location;
  if (pathname.startsWith('/app/login') || pathname.startsWith('/app/register')) return;
  queryClient.removeQueries({ queryKey: ['me'] });
  void router.navigate({ to: '/login', search: { next: pathname.replace(/^\/app/, '') + search } });
}

/** Only what can pass by itself is tried again: no answer at all, or a server that says it is busy. */
function worthRetrying(count: number, error: unknown): boolean {
  return (
    count < 2 && error instanceof ApiFailure && (error.status === 0 || error.status === 429 || error.status === 503)
  );
}

const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
  mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
  defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000 } },
});

const router = makeRouter(queryClient);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
