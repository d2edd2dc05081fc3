/**
 * Serves what was built, with fixture answers behind it, for looking at pages without a server: `npm run look`. The token in the URL picks a
 * situation: /embed/dash_fixture?token=ok, windows, expired, revoked, unpublished, empty, blank, error, partial, slow.
 */

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { answers, config, events } from './fixture.ts';
import { windowAnswers, windowConfig } from './fixture-windows.ts';

const STATIC = fileURLToPath(new URL('../../src/emban/app/static', import.meta.url));
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  woff2: 'font/woff2',
  html: 'text/html',
};

const FAILURES: Record<string, [number, string, string]> = {
  expired: [401, 'token_expired', 'the embed session has ended; ask for a new one'],
  revoked: [401, 'token_revoked', 'the embed session was revoked'],
  invalid: [401, 'token_invalid', 'the embed token is not valid'],
  unpublished: [403, 'dashboard_unpublished', 'the dashboard is not published'],
  error: [500, 'internal_error', 'Emban failed'],
};

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

function dataFor(situation: string, body: Record<string, unknown>) {
  const period = typeof body.period === 'string' ? body.period : '30d';
  const data = situation === 'windows' ? windowAnswers(period) : answers(period);
  const ids = (body.widgets as string[] | undefined) ?? Object.keys(data.widgets);
  const entries = Object.entries(data.widgets).filter(([id]) => ids.includes(id));
  if (situation === 'empty')
    return { ...data, widgets: Object.fromEntries(entries.map(([id]) => [id, { points: [] }])) };
  const failed = { error: 'the query took too long', code: 'query_too_expensive' };
  const shown = entries.map(([id, one]) => [id, situation === 'partial' && ['w_5', 'w_9'].includes(id) ? failed : one]);
  return { ...data, widgets: Object.fromEntries(shown) };
}

async function api(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const situation = request.headers.authorization?.replace('Bearer ', '') ?? 'invalid';
  const failure = FAILURES[situation];
  if (failure) return sendJson(response, failure[0], { error: failure[2], code: failure[1] });
  if (situation === 'slow') await new Promise((done) => setTimeout(done, 4000));
  if (request.url === '/v1/embed/dashboard' && situation === 'windows') return sendJson(response, 200, windowConfig);
  if (request.url === '/v1/embed/dashboard') {
    const dashboard = { ...config.dashboard, widgets: situation === 'blank' ? [] : config.dashboard.widgets };
    return sendJson(response, 200, { ...config, dashboard });
  }
  const body = await bodyOf(request);
  if (request.url === '/v1/embed/drill')
    return sendJson(response, 200, events(String(body.dimension), String(body.value)));
  if (request.url === '/v1/embed/export') {
    response.writeHead(200, { 'Content-Type': 'text/csv' });
    response.end('API usage\r\n');
    return;
  }
  return sendJson(response, 200, dataFor(situation, body));
}

function page(path: string, response: ServerResponse, csp: boolean): void {
  response.writeHead(200, { 'Content-Type': 'text/html', ...(csp ? { 'Content-Security-Policy': CSP } : {}) });
  response.end(readFileSync(path));
}

function file(path: string, response: ServerResponse): void {
  const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  const packed = existsSync(`${path}.gz`);
  response.writeHead(200, { 'Content-Type': type, ...(packed ? { 'Content-Encoding': 'gzip' } : {}) });
  createReadStream(packed ? `${path}.gz` : path).pipe(response);
}

function fixtures(): Plugin {
  return {
    name: 'emban-fixtures',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname;
        if (path.startsWith('/v1/embed/')) api(request, response).catch(() => response.destroy());
        else if (path.startsWith('/embed/')) page(`${STATIC}/embed/index.html`, response, true);
        else if (path.startsWith('/static/') && existsSync(STATIC + path.slice(7)))
          file(STATIC + path.slice(7), response);
        else next();
      });
    },
  };
}

export default defineConfig({
  plugins: [fixtures()],
  build: { outDir: STATIC },
  preview: { port: 5199, host: '127.0.0.1' },
});
