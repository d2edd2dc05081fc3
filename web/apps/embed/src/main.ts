/** Entry of the embed page's first script. The chart engine is the second one: both load side by side. */

import 'virtual:emban-tokens.css';
import './page.css';
import type { Engine } from '@emban/widgets';
import { EmbedApp } from './app.ts';
import { dashboardIdOf, takeToken } from './token.ts';

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
  const app = new EmbedApp({ token, dashboardId: dashboardIdOf(location.pathname), root, engine: ready });
  void app.start();
}
