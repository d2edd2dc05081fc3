/**
 * The one way to change something on the server: seen at once, put back where it is refused, told in a toast with Undo, and a version
 * conflict handled in one place.
 */

import { ApiFailure } from '@emban/api';
import type { ConsoleClient } from '@emban/api/console';
import { toasts } from '@emban/kit';
import { type QueryClient, type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { useClient, useEnvironment } from './session.ts';
import { words } from './words/words.ts';

/** A change of what a query has answered, made before the server says so. */
export interface Edit {
  readonly key: QueryKey;
  apply(answer: unknown): unknown;
}

/** An edit of every cached answer whose key begins with `key`; there may be none. */
export function edit<T>(key: QueryKey, apply: (answer: T) => T): Edit {
  return { key, apply: (answer) => (answer === undefined ? answer : apply(answer as T)) };
}

/** What was in the cache before, to be put back. */
export type Before = readonly (readonly [QueryKey, unknown])[];

export async function applyEdits(cache: QueryClient, edits: readonly Edit[]): Promise<Before> {
  const before: (readonly [QueryKey, unknown])[] = [];
  for (const { key, apply } of edits) {
    // An answer that is on its way is of the time before the change.
    await cache.cancelQueries({ queryKey: key });
    before.push(...cache.getQueriesData({ queryKey: key }));
    cache.setQueriesData({ queryKey: key }, apply);
  }
  return before;
}

export function putBack(cache: QueryClient, before: Before): void {
  // The first of several notes about one key is the oldest.
  for (const [key, answer] of [...before].reverse()) cache.setQueryData(key, answer);
}

export interface Place {
  readonly client: ConsoleClient;
  readonly environment: string;
}

export interface Change<V, D> {
  readonly run: (values: V, place: Place) => Promise<D>;
  /** The first parts of the keys of queries that answer otherwise afterwards: `['dashboards', 'dashboard']`. */
  readonly touches?: readonly string[];
  /** What to show before the server has answered. */
  readonly edits?: (values: V, place: Place) => readonly Edit[];
  /** Said when it is done; nothing where the page itself shows it. */
  readonly done?: string | ((answer: D, values: V) => string);
  /** Takes it back, from the toast. */
  readonly undo?: (answer: D, values: V, place: Place) => Promise<unknown>;
  /** The title of the toast on failure; null where a form shows the failure itself. */
  readonly failed?: string | null;
  /** For a 409 `version_conflict`, in place of the usual words. */
  readonly onConflict?: (failure: ApiFailure, values: V) => void;
  readonly onDone?: (answer: D, values: V) => unknown;
}

function isConflict(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && error.status === 409 && error.code === 'version_conflict';
}

export async function refetchAll(cache: QueryClient, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => cache.invalidateQueries({ queryKey: [name] })));
}

function tellFailure<V, D>(change: Change<V, D>, error: unknown, values: V): void {
  if (isConflict(error)) {
    if (change.onConflict) change.onConflict(error, values);
    else toasts.failed(words.common.conflictTitle, words.common.conflict);
    return;
  }
  if (change.failed !== null) toasts.failed(change.failed ?? words.common.failed, error);
}

function tellDone<V, D>(change: Change<V, D>, answer: D, values: V, place: Place, cache: QueryClient): void {
  const title = typeof change.done === 'function' ? change.done(answer, values) : change.done;
  const { undo, touches = [] } = change;
  if (!undo) {
    if (title) toasts.done(title);
    return;
  }
  const takeBack = async () => {
    try {
      await undo(answer, values, place);
      toasts.done(words.common.undone);
    } catch (error) {
      toasts.failed(words.common.notUndone, error);
    }
    await refetchAll(cache, touches);
  };
  toasts.undoable({ title: title ?? '', undo: () => void takeBack() });
}

/** A mutation of TanStack Query with all of the above; `mutate`, `isPending` and `error` as ever. */
export function useChange<V, D = unknown>(change: Change<V, D>) {
  const cache = useQueryClient();
  const place: Place = { client: useClient(), environment: useEnvironment() };
  return useMutation<D, Error, V, Before>({
    mutationFn: (values) => change.run(values, place),
    onMutate: (values) => applyEdits(cache, change.edits?.(values, place) ?? []),
    onError: (error, values, before) => {
      if (before) putBack(cache, before);
      tellFailure(change, error, values);
    },
    onSuccess: async (answer, values) => {
      tellDone(change, answer, values, place, cache);
      await change.onDone?.(answer, values);
    },
    onSettled: () => refetchAll(cache, change.touches ?? []),
  });
}

/** Ids of what is to be deleted when its toast has ended: lists leave it out meanwhile. */
let gone: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();
const pending = new Map<string, () => void>();

function setGone(change: (ids: Set<string>) => void): void {
  const ids = new Set(gone);
  change(ids);
  gone = ids;
  for (const listener of listeners) listener();
}

/** Ids that a person has deleted and may still take back. */
export function useGone(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => gone,
  );
}

// Closing the page is not undoing: what waits is done now. Requests are made with `keepalive`, so that they outlive it.
if (typeof window !== 'undefined') {
  window.addEventListener('pagehide', () => {
    for (const run of [...pending.values()]) run();
  });
}

export interface Removal<V> {
  /** Deletes on the server; its request is to be made with `keepalive: true`. */
  readonly run: (values: V, place: Place) => Promise<unknown>;
  readonly id: (values: V) => string;
  readonly touches: readonly string[];
  readonly done: (values: V) => string;
  readonly failed?: string;
}

/** Deletes ten seconds later, so that Undo has nothing to bring back: the server hears of it when the toast has ended. */
export function useRemoval<V>({ run, id, touches, done, failed }: Removal<V>): (values: V) => void {
  const cache = useQueryClient();
  const client = useClient();
  const environment = useEnvironment();
  return (values) => {
    const key = id(values);
    const keep = () => {
      pending.delete(key);
      setGone((ids) => ids.delete(key));
    };
    const remove = async () => {
      if (!pending.delete(key)) return;
      try {
        await run(values, { client, environment });
      } catch (error) {
        toasts.failed(failed ?? words.common.notDeleted, error);
      }
      await refetchAll(cache, touches);
      keep();
    };
    pending.set(key, () => void remove());
    setGone((ids) => ids.add(key));
    toasts.undoable({ title: done(values), undo: keep, ended: () => void remove() });
  };
}

/** Fetches anew whatever is about these things; the names are the first parts of query keys. */
export function useRefetch(): (...names: string[]) => Promise<void> {
  const cache = useQueryClient();
  return useCallback((...names: string[]) => refetchAll(cache, names), [cache]);
}
