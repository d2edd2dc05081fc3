/** The code for the session that the form describes. */

import { Text, Title } from '@mantine/core';
import { Snippets } from '../../parts/Snippets.tsx';
import { useFreshKey } from '../../session.ts';
import { words as all } from '../../words/words.ts';
import { embedCode } from './code.ts';
import { permissionsOf, type Wish } from './permissions.ts';
import { useEmbedView } from './view.ts';

const words = all.embed;
const NO_KEY = 'YOUR_API_KEY';

export function EmbedCode({ wish }: { wish: Wish }) {
  const [view, change] = useEmbedView();
  const key = useFreshKey()?.key ?? NO_KEY;
  const snippets = embedCode({
    origin: location.origin,
    key,
    dashboard: wish.dashboard,
    tenant: wish.tenant || 'customer_1',
    lifetime: wish.lifetime,
    permissions: permissionsOf(wish.permissions),
  });
  return (
    <div className="panel">
      <Title order={2} mb={4}>
        {words.code}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {words.codeHelp} {key === NO_KEY && words.keyHelp}
      </Text>
      <Snippets snippets={snippets} value={view.code} onChange={(code) => change({ code })} />
    </div>
  );
}
