/** The builder's part of the address: what is open and looked at. Every change is a step that Back takes back. */

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Panel = 'filters' | 'theme' | 'history';

export interface BuilderSearch {
  readonly mode?: 'preview' | undefined;
  /** Whose figures; all tenants where it is left out. */
  readonly tenant?: string | undefined;
  readonly period?: string | undefined;
  /** The widget whose editor is open. */
  readonly widget?: string | undefined;
  readonly panel?: Panel | undefined;
  /** Of the preview. */
  readonly width?: 1280 | 768 | 375 | undefined;
  readonly scheme?: 'light' | 'dark' | undefined;
  /** Filters of the bar: property to values. */
  readonly where?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The version that is looked at. */
  readonly version?: number | undefined;
}

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((one) => one === String(value));

/** Properties with texts; anything else in an address is no filter. */
function readWhere(given: unknown): BuilderSearch['where'] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given).flatMap(([name, values]) => {
    const texts = Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [];
    return texts.length ? [[name, texts] as const] : [];
  });
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Read an address; what means nothing is left out. */
export function readSearch(search: Record<string, unknown>): BuilderSearch {
  const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
  const read: BuilderSearch = {
    mode: oneOf(search.mode, ['preview']),
    // A tenant's name may look like a number.
    tenant: typeof search.tenant === 'number' ? String(search.tenant) : text(search.tenant),
    period: text(search.period),
    widget: text(search.widget),
    panel: oneOf(search.panel, ['filters', 'theme', 'history']),
    where: readWhere(search.where),
    width: ([1280, 768, 375] as const).find((one) => one === Number(search.width)),
    scheme: oneOf(search.scheme, ['light', 'dark']),
    version: typeof search.version === 'number' && search.version > 0 ? search.version : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

export function useBuilderSearch(): [BuilderSearch, (change: BuilderSearch) => void] {
  const search: BuilderSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (part: BuilderSearch) => {
      void navigate({
        to: '.',
        search: ((before: object) => ({ ...before, ...part })) as never,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, change];
}
