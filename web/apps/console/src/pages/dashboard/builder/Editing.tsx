/** The builder of one dashboard, for as long as its page is open. */

import { VisuallyHidden } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useLiveChange } from '../../../live.ts';
import { type Dashboard, discoverQuery } from '../../../queries.ts';
import { useClient, useEnvironment } from '../../../session.ts';
import { type Builder, BuilderContext, DashboardContext } from './builder-context.ts';
import { useBuilderSearch } from './builder-search.ts';
import { ChoiceBar } from './ChoiceBar.tsx';
import { Canvas } from './canvas/Canvas.tsx';
import { useChoice } from './choice.ts';
import { Selected } from './core/selected.ts';
import { EditorPanel } from './editor/EditorPanel.tsx';
import { knownOf } from './found.ts';
import { makeBuilder } from './make-builder.ts';
import { Preview } from './Preview.tsx';
import { SidePanel } from './panels/SidePanel.tsx';
import { ConflictDialog } from './publish/ConflictDialog.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useBuilderKeys } from './use-builder-keys.ts';
import { VersionView } from './VersionView.tsx';

function useWired(dashboard: Dashboard, org: string) {
  const client = useClient();
  const cache = useQueryClient();
  const environment = useEnvironment();
  const [wired] = useState(() => ({
    ...makeBuilder({ client, cache, org, environment, dashboard }),
    selected: new Selected(),
  }));
  useEffect(() => {
    void wired.store.open();
    const online = () => void wired.store.flush();
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('online', online);
      wired.close();
    };
  }, [wired]);
  useLiveChange('dashboard', ({ id, version }) => {
    const { save, saved } = wired.store.get();
    // One's own save is told about as well; its answer comes by itself.
    const news = id === dashboard.id && save.kind !== 'saving' && (version ?? 0) > saved.version;
    if (news) void wired.store.refresh();
  });
  return wired;
}

function Keys() {
  useBuilderKeys();
  return null;
}

function Surface({ builder }: { builder: Builder }) {
  const [search] = useBuilderSearch();
  const preview = search.mode === 'preview';
  return (
    <div className="builder">
      <Toolbar />
      <ChoiceBar />
      <div className="builder-main">
        {preview ? <Preview /> : search.version ? <VersionView version={search.version} /> : <Canvas />}
        {!preview && search.widget && <EditorPanel id={search.widget} key={search.widget} />}
        {!preview && !search.widget && search.panel && <SidePanel panel={search.panel} />}
      </div>
      {!preview && <Keys />}
      <ConflictDialog store={builder.store} />
    </div>
  );
}

export function Editing({ dashboard, org }: { dashboard: Dashboard; org: string }) {
  const wired = useWired(dashboard, org);
  const environment = useEnvironment();
  const [words, announce] = useState('');
  const found = useQuery(discoverQuery(environment)).data ?? null;
  const draft = useSyncExternalStore(wired.store.subscribe, () => wired.store.present);
  const choice = useChoice(draft.filters);
  const builder = useMemo<Builder>(
    () => ({ ...wired, environment, choice, found, known: knownOf(found ?? undefined), announce }),
    [wired, environment, choice, found],
  );
  useEffect(() => wired.answers.want(draft.widgets, choice), [wired, draft.widgets, choice]);
  return (
    <BuilderContext value={builder}>
      <DashboardContext value={dashboard}>
        <Surface builder={builder} />
      </DashboardContext>
      <VisuallyHidden aria-live="assertive" role="status">
        {words}
      </VisuallyHidden>
    </BuilderContext>
  );
}
