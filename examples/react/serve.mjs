/**
 * Stands in for Next.js: renders `app/layout.tsx` around `app/page.tsx` on the server, lets React take over in the browser, and hands requests
 * below /api to the `route.ts` of that folder. Vite compiles on the way.
 */

import { createServer as createHttpServer } from 'node:http';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createServer as createViteServer } from 'vite';

const port = Number(process.env.PORT ?? 3000);
const vite = await createViteServer({
  root: fileURLToPath(new URL('.', import.meta.url)),
  appType: 'custom',
  cacheDir: '.vite',
  logLevel: 'warn',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null, fs: { strict: false } },
  optimizeDeps: { entries: ['client.tsx'], include: ['react-dom/client', 'react/jsx-dev-runtime'] },
});

function asRequest(incoming) {
  const { method, headers, url } = incoming;
  const body = method === 'GET' ? null : Readable.toWeb(incoming);
  return new Request(new URL(url, `http://localhost:${port}`), { method, headers, body, duplex: 'half' });
}

async function send(response, outgoing) {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

async function api(incoming, outgoing) {
  const { pathname } = new URL(incoming.url, 'http://localhost');
  const known = /^\/api\/[\w-]+$/.test(pathname);
  const route = known ? await vite.ssrLoadModule(`/app${pathname}/route.ts`) : {};
  const handler = route[incoming.method];
  await send(handler ? await handler(asRequest(incoming)) : new Response(null, { status: 404 }), outgoing);
}

async function page(outgoing) {
  const [{ default: Layout }, { default: Page }] = await Promise.all(
    ['/app/layout.tsx', '/app/page.tsx'].map((path) => vite.ssrLoadModule(path)),
  );
  const html = renderToString(createElement(Layout, null, createElement(Page)));
  const script = '<script type="module" src="/client.tsx"></script>';
  outgoing.setHeader('content-type', 'text/html; charset=utf-8');
  outgoing.end(`<!doctype html>${html.replace('</body>', `${script}</body>`)}`);
}

createHttpServer((incoming, outgoing) => {
  const failed = (error) => {
    console.error(error);
    if (!outgoing.headersSent) outgoing.writeHead(500);
    outgoing.end();
  };
  if (incoming.url === '/') page(outgoing).catch(failed);
  else if (incoming.url.startsWith('/api/')) api(incoming, outgoing).catch(failed);
  else vite.middlewares(incoming, outgoing, () => outgoing.writeHead(404).end());
}).listen(port, () => console.log(`http://localhost:${port}`));
