/** The draft's store and its figures, wired to the API and to the browser. */

import { bodyOf, type ConsoleClient } from '@emban/api/console';
import type { Answer } from '@emban/api/contract';
import type { QueryClient } from '@tanstack/react-query';
import type { Dashboard } from '../../../queries.ts';
import { Answers, type Ask } from './core/answers.ts';
import { configOf, readDraft } from './core/doc.ts';
import { type Channel, DraftStore, type News, type Saved } from './core/draft-store.ts';
import { Journal, type Whereabouts } from './core/journal.ts';
import { browserShelf } from './core/shelf.ts';

export function savedOf(dashboard: Dashboard): Saved {
  return { version: dashboard.version, draft: readDraft(dashboard.name, dashboard.config) };
}

/** The other tabs of the same person that have the same dashboard open. */
export function channelOf({ org, environment, dashboard }: Whereabouts): Channel & { close(): void } {
  const channel = new BroadcastChannel(`emban:draft:${org}:${environment}:${dashboard}`);
  return {
    tell: (news) => channel.postMessage(news),
    listen: (heard) => {
      const hear = ({ data }: MessageEvent<News>) => heard(data);
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
    close: () => channel.close(),
  };
}

export interface Wired {
  readonly store: DraftStore;
  readonly answers: Answers;
  close(): void;
}

interface Wiring {
  readonly client: ConsoleClient;
  readonly cache: QueryClient;
  readonly org: string;
  readonly environment: string;
  readonly dashboard: Dashboard;
}

export function askWith(client: ConsoleClient, dashboard: string): Ask {
  return async (preview, choice, signal) => {
    const whose = choice.tenant === null ? { all_tenants: true } : { tenant_id: choice.tenant };
    const { period, timezone, filters: dimensions } = choice;
    const widgets = preview.map(({ stored: _stored, ...widget }) => widget);
    const body = { ...whose, period, timezone, filters: { dimensions, numeric_ranges: {} }, preview: widgets };
    const params = { path: { dashboard_id: dashboard } };
    const answer = await client.POST('/v1/dashboards/{dashboard_id}/data', { params, body: body as never, signal });
    return bodyOf(answer).widgets as unknown as Record<string, Answer>;
  };
}

/** The same for what is published: viewers ask for stored widgets, by their ids. */
export function askPublished(client: ConsoleClient, dashboard: string): Ask {
  return async (asked, choice, signal) => {
    const whose = choice.tenant === null ? { all_tenants: true } : { tenant_id: choice.tenant };
    const { period, timezone, filters: dimensions } = choice;
    const widgets = asked.map(({ stored }) => stored);
    const body = { ...whose, period, timezone, filters: { dimensions, numeric_ranges: {} }, widgets };
    const params = { path: { dashboard_id: dashboard } };
    const answer = await client.POST('/v1/dashboards/{dashboard_id}/data', { params, body: body as never, signal });
    const answers = bodyOf(answer).widgets as unknown as Record<string, Answer>;
    return Object.fromEntries(asked.flatMap(({ id, stored }) => (answers[stored] ? [[id, answers[stored]]] : [])));
  };
}

export function makeBuilder({ client, cache, org, environment, dashboard }: Wiring): Wired {
  const whereabouts = { org, environment, dashboard: dashboard.id };
  const channel = channelOf(whereabouts);
  const params = { path: { dashboard_id: dashboard.id } };
  /** What the toolbar says of the dashboard comes from the same answer. */
  const heard = (answer: Dashboard): Saved => {
    cache.setQueryData(['dashboard', environment, dashboard.id], answer);
    void cache.invalidateQueries({ queryKey: ['dashboards'] });
    void cache.invalidateQueries({ queryKey: ['versions'] });
    return savedOf(answer);
  };
  const store = new DraftStore(savedOf(dashboard), {
    save: async (draft, version) => {
      const body = { version, name: draft.name, config: configOf(draft) };
      return heard(bodyOf(await client.PUT('/v1/dashboards/{dashboard_id}', { params, body: body as never })));
    },
    load: async () => heard(bodyOf(await client.GET('/v1/dashboards/{dashboard_id}', { params }))),
    journal: new Journal(browserShelf, whereabouts, crypto.randomUUID()),
    channel,
    // The client asks to sign in again, and repeats the request.
    signedOut: () => undefined,
    now: Date.now,
  });
  const answers = new Answers(askWith(client, dashboard.id));
  const close = () => {
    store.close();
    answers.dispose();
    channel.close();
  };
  return { store, answers, close };
}
