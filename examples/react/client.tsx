/** What `serve.mjs` sends along with the page: React takes over the markup that the server made. Next.js does this by itself. */

import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import RootLayout from './app/layout';
import Page from './app/page';

hydrateRoot(
  document,
  <StrictMode>
    <RootLayout>
      <Page />
    </RootLayout>
  </StrictMode>,
);
