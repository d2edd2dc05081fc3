/** Entry of the embed page's first script. The chart engine is the second one: both load side by side. */

import 'virtual:emban-tokens.css';
import './page.css';
import type { Engine } from '@emban/widgets';
import { EmbedApp } from './app.ts';
import { askedLocale, dashboardIdOf, takeToken, withToken } from './token.ts';

declare global {
  /** Filled by the second script, whichever of the two runs first. */
  var __embanEngine: { ready: Promise<Engine>; resolve: (engine: Engine) => void } | undefined;
}

const token = takeToken(window);
const root = document.getElementById('emban');

if (root) {
  let resolve: (engine: Engine) => void = () => undefined;
  const ready = new Promise<Engine>((done) => {
    resolve = done;
  });
  globalThis.__embanEngine = { ready, resolve };
  const app = new EmbedApp({
    token,
    locale: askedLocale(location.href),
    dashboardId: dashboardIdOf(location.pathname),
    startOver: (fresh) => location.replace(withToken(location.href, fresh)),
    root,
    engine: ready,
  });
  void app.start();
}
