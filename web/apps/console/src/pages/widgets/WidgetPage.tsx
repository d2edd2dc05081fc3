/** One widget of the library: its editor beside what it looks like, saved as it is edited. */

import { ClosedReason, Loaded, PageHead } from '@emban/kit';
import { Anchor, Button, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import '../dashboard/builder/builder.css';
import { useLiveChange } from '../../live.ts';
import { discoverQuery, type LibraryWidget, widgetQuery } from '../../queries.ts';
import { useCan, useClient, useEnvironment, useMe } from '../../session.ts';
import { words } from '../../words/words.ts';
import {
  type Builder,
  BuilderContext,
  useAnswers,
  useBuilder,
  useDraft,
} from '../dashboard/builder/builder-context.ts';
import { useBuilderSearch } from '../dashboard/builder/builder-search.ts';
import { FilterBar } from '../dashboard/builder/ChoiceBar.tsx';
import { CardView } from '../dashboard/builder/canvas/CardView.tsx';
import { useChoice } from '../dashboard/builder/choice.ts';
import { Selected } from '../dashboard/builder/core/selected.ts';
import { WidgetFields } from '../dashboard/builder/editor/EditorPanel.tsx';
import { useWidget } from '../dashboard/builder/editor/use-widget.ts';
import { knownOf } from '../dashboard/builder/found.ts';
import { ConflictDialog } from '../dashboard/builder/publish/ConflictDialog.tsx';
import { SaveStatus } from '../dashboard/builder/SaveStatus.tsx';
import { useColours, useDrawing } from '../dashboard/builder/use-drawing.ts';
import { usePublish } from './changes.ts';
import { makeLibraryDraft } from './library-draft.ts';
import { Uses, WidgetStatus } from './parts.tsx';

const say = words.widgets;

function useWired(widget: LibraryWidget, org: string) {
  const client = useClient();
  const cache = useQueryClient();
  const environment = useEnvironment();
  const [wired] = useState(() => ({
    ...makeLibraryDraft({ client, cache, org, environment, widget }),
    selected: new Selected(),
  }));
  useEffect(() => {
    void wired.store.open();
    return () => wired.close();
  }, [wired]);
  useLiveChange('widget', ({ id }) => {
    if (id === widget.id && wired.store.get().save.kind === 'saved') void wired.store.refresh();
  });
  return wired;
}

/** The widget as large as it will ever be. */
function Look() {
  const draft = useDraft();
  const answers = useAnswers();
  const { base } = useDrawing(draft);
  const colours = useColours(draft, answers);
  const [widget] = draft.widgets;
  if (!widget) return null;
  return (
    <div className="library-look ew-grid-frame">
      <CardView {...{ widget, base, colours, answers }} figures={answers.of(widget)} />
    </div>
  );
}

function Publish({ widget }: { widget: LibraryWidget }) {
  const admin = useCan('admin');
  const publish = usePublish();
  if (!admin) return null;
  return (
    <Button
      disabled={!widget.has_unpublished_changes}
      loading={publish.isPending}
      onClick={() => publish.mutate(widget)}
      title={say.publishHelp}
    >
      {widget.status === 'published'
        ? widget.has_unpublished_changes
          ? say.publishChanges
          : say.upToDate
        : say.publish}
    </Button>
  );
}

function Fields({ id }: { id: string }) {
  const edited = useWidget(id);
  return edited && <WidgetFields edited={edited} kinds="figures" />;
}

function Surface({ widget, builder }: { widget: LibraryWidget; builder: Builder }) {
  const [, change] = useBuilderSearch();
  const { choice, found } = useBuilder();
  const title = useDraft().widgets[0]?.title || say.fresh;
  return (
    <div className="page page-wide">
      <PageHead
        title={title}
        about={<SaveStatus />}
        crumbs={[
          <Anchor key="up" component={Link} to="/widgets" size="sm">
            {say.back}
          </Anchor>,
        ]}
        primary={<Publish widget={widget} />}
      >
        <WidgetStatus item={widget} />
      </PageHead>
      <FilterBar filters={{}} choice={choice} found={found} change={change} />
      <div className="library-page">
        <Stack>
          <Look />
          <section className="panel" aria-labelledby="library-uses">
            <Title order={2} id="library-uses">
              {say.where}
            </Title>
            <Text size="sm" c="dimmed" mb="xs">
              {say.whereHelp}
            </Text>
            <Uses item={widget} most={widget.used_in.length} />
          </section>
        </Stack>
        <div className="panel library-fields">
          <Fields id={widget.id} />
        </div>
      </div>
      <ConflictDialog store={builder.store} />
    </div>
  );
}

function Editing({ widget, org }: { widget: LibraryWidget; org: string }) {
  const wired = useWired(widget, org);
  const environment = useEnvironment();
  const found = useQuery(discoverQuery(environment)).data ?? null;
  const draft = useSyncExternalStore(wired.store.subscribe, () => wired.store.present);
  const choice = useChoice(draft.filters);
  const builder = useMemo<Builder>(
    () => ({
      ...wired,
      environment,
      choice,
      found,
      known: knownOf(found ?? undefined),
      announce: () => undefined,
    }),
    [wired, environment, choice, found],
  );
  useEffect(() => wired.answers.want(draft.widgets, choice), [wired, draft.widgets, choice]);
  return (
    <BuilderContext value={builder}>
      <Surface widget={widget} builder={builder} />
    </BuilderContext>
  );
}

export function WidgetPage() {
  const { id = '' } = useParams({ strict: false });
  const environment = useEnvironment();
  const me = useMe();
  const editor = useCan('editor');
  const query = useQuery({ ...widgetQuery(environment, id), staleTime: 0 });
  return (
    <Loaded query={query} lines={8}>
      {(widget) =>
        editor && me ? (
          <Editing key={`${environment}/${id}`} widget={widget} org={me.org.id} />
        ) : (
          <div className="page">
            <PageHead title={widget.title} about={<WidgetStatus item={widget} />} />
            <ClosedReason needs={words.common.role.editor}>{say.needsEditor}</ClosedReason>
          </div>
        )
      }
    </Loaded>
  );
}
