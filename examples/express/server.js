/** A product on Express that shows each of its customers their own usage. */

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Emban, EmbanError } from '@emban/sdk';
import express from 'express';

const { EMBAN_URL, EMBAN_KEY, EMBAN_DASHBOARD, PORT = '3000' } = process.env;
const emban = new Emban(EMBAN_URL, { apiKey: EMBAN_KEY });

// Your own accounts: who may sign in, and which tenant of Emban their company is.
const tenantOf = new Map([
  ['ann', 'customer_1'],
  ['cleo', 'customer_2'],
]);
const sessions = new Map();

/** The user of the request's cookie, or undefined. */
function signedIn(request) {
  const cookies = new URLSearchParams(request.headers.cookie?.replaceAll('; ', '&') ?? '');
  return sessions.get(cookies.get('session'));
}

const app = express();
app.use(express.json());

// Signing in. An example has no passwords.
app.post('/login', (request, response) => {
  const { user } = request.body ?? {};
  if (!tenantOf.has(user)) return response.status(401).json({ error: 'nobody of that name' });
  const session = randomUUID();
  sessions.set(session, user);
  response.cookie('session', session, { httpOnly: true, sameSite: 'lax' }).status(204).end();
});

// A session for the tenant of whoever is signed in. Nothing in the request can name another one.
app.post('/api/embed-session', async (request, response) => {
  const user = signedIn(request);
  if (!user) return response.status(401).json({ error: 'sign in first' });
  const { embed_url } = await emban.createEmbedSession({
    tenant_id: tenantOf.get(user),
    dashboard_id: EMBAN_DASHBOARD,
  });
  response.json({ embed_url });
});

app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));
// A page without a bundler loads the helper's one file.
app.get('/embed-helper.js', (_request, response) => {
  response.sendFile(fileURLToPath(import.meta.resolve('@emban/embed-helper')));
});

app.use((error, _request, response, next) => {
  if (!(error instanceof EmbanError)) return next(error);
  response.status(502).json({ error: 'the dashboard is not available right now' });
});

app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`));
