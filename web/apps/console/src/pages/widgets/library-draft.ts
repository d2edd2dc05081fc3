/** A library's widget as a draft of one widget, saved as it is edited by the same store as a dashboard's. */

import { bodyOf, type ConsoleClient } from '@emban/api/console';
import type { Answer } from '@emban/api/contract';
import type { QueryClient } from '@tanstack/react-query';
import type { LibraryWidget } from '../../queries.ts';
import { Answers, type Ask } from '../dashboard/builder/core/answers.ts';
import { type Draft, type DraftWidget, readDraft } from '../dashboard/builder/core/doc.ts';
import { DraftStore, type Saved } from '../dashboard/builder/core/draft-store.ts';
import { Journal } from '../dashboard/builder/core/journal.ts';
import { browserShelf } from '../dashboard/builder/core/shelf.ts';
import { libraryConfig } from '../dashboard/builder/library-config.ts';
import { channelOf, type Wired } from '../dashboard/builder/make-builder.ts';

const PLACE = { x: 0, y: 0, w: 12, h: 6 };

function savedOf(widget: LibraryWidget): Saved {
  const drawn = { layout: PLACE, ...libraryConfig(widget), id: widget.id };
  return { version: widget.version, draft: readDraft(widget.title, { widgets: [drawn] }) };
}

/** What a save sends: the one widget without its id, which the library gave it. */
function bodyOfDraft(draft: Draft, version: number) {
  const [widget] = draft.widgets;
  const { id: _id, ...config } = widget as DraftWidget;
  return { ...config, version };
}

/** Figures for widgets that are in no dashboard. */
export function askPreview(client: ConsoleClient): Ask {
  return async (preview, choice, signal) => {
    const whose = choice.tenant === null ? { all_tenants: true } : { tenant_id: choice.tenant };
    const widgets = preview.map(({ stored: _stored, ...widget }) => widget);
    const body = { ...whose, period: choice.period, timezone: choice.timezone, preview: widgets };
    const answer = await client.POST('/v1/widgets/preview', { body: body as never, signal });
    return bodyOf(answer).widgets as unknown as Record<string, Answer>;
  };
}

interface Wiring {
  readonly client: ConsoleClient;
  readonly cache: QueryClient;
  readonly org: string;
  readonly environment: string;
  readonly widget: LibraryWidget;
}

export function makeLibraryDraft({ client, cache, org, environment, widget }: Wiring): Wired {
  const whereabouts = { org, environment, dashboard: widget.id };
  const channel = channelOf(whereabouts);
  const params = { path: { widget_id: widget.id } };
  const heard = (answer: LibraryWidget): Saved => {
    cache.setQueryData(['widget', environment, widget.id], answer);
    void cache.invalidateQueries({ queryKey: ['widgets'] });
    return savedOf(answer);
  };
  const store = new DraftStore(savedOf(widget), {
    save: async (draft, version) => {
      const body = bodyOfDraft(draft, version) as never;
      return heard(bodyOf(await client.PUT('/v1/widgets/{widget_id}', { params, body })));
    },
    load: async () => heard(bodyOf(await client.GET('/v1/widgets/{widget_id}', { params }))),
    journal: new Journal(browserShelf, whereabouts, crypto.randomUUID()),
    channel,
    signedOut: () => undefined,
    now: Date.now,
  });
  const answers = new Answers(askPreview(client));
  const close = () => {
    store.close();
    answers.dispose();
    channel.close();
  };
  return { store, answers, close };
}
