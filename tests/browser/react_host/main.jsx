/** A host whose props the tests set from outside: `host.set({ … })`. Everything that it hears is in `host.heard`. */

import { EmbanEmbedFrame, useEmbanEmbed } from '@emban/embed-helper/react';
import { createElement as h, StrictMode, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const heard = [];

/** The hook, on an element of the host's own. */
function Own(props) {
  const { ref, ready, error } = useEmbanEmbed(props);
  return h('section', { ref, id: 'own', 'data-is': ready ? 'ready' : 'waiting', 'data-error': error?.code ?? '' });
}

function App() {
  const [{ kind, mark, ...props }, setProps] = useState({});
  const controls = useRef(null);
  window.host = { heard, controls, set: (more) => setProps((before) => ({ ...before, ...more })) };
  // A new function at every render, with what that render knows.
  const listen = (name) => (value) => heard.push([name, value ?? null, mark]);
  const callbacks = {
    onReady: listen('ready'),
    onResize: listen('resize'),
    onFilter: listen('filter'),
    onPeriodChange: listen('period'),
    onExpiring: listen('expiring'),
    onError: listen('error'),
  };
  if (!kind) return null;
  return kind === 'own' ? h(Own, { ...props, ...callbacks }) : h(EmbanEmbedFrame, { ...props, ...callbacks, ref: controls });
}

createRoot(document.getElementById('root')).render(h(StrictMode, null, h(App)));
