/** `npm run look`: every part of the kit in every state, light and dark, and the embed page in its situations. */

import 'virtual:mantine.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '@emban/theme/inter.css';
import '@emban/kit/kit.css';
import './look.css';
import { resolveVariables, theme } from '@emban/kit';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { createRoot } from 'react-dom/client';
import { Embeds } from './Embeds.tsx';
import { Parts } from './Parts.tsx';

const asked = new URLSearchParams(location.search);
const scheme = asked.get('scheme');
const page = asked.get('page') ?? 'parts';

/** Both schemes beside each other, each a page of its own. */
function Both() {
  return (
    <div className="look-both">
      {['light', 'dark'].map((one) => (
        <iframe key={one} title={one} src={`?page=parts&scheme=${one}`} />
      ))}
    </div>
  );
}

function Page() {
  if (page === 'embeds') return <Embeds />;
  return scheme ? <Parts /> : <Both />;
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <MantineProvider
    theme={theme}
    cssVariablesResolver={resolveVariables}
    {...(scheme ? { forceColorScheme: scheme === 'dark' ? 'dark' : 'light' } : {})}
  >
    <Notifications position="bottom-right" />
    {!scheme && (
      <nav className="look-nav">
        <a href="?page=parts">Parts</a>
        <a href="?page=embeds">Embed page</a>
      </nav>
    )}
    <Page />
  </MantineProvider>,
);
