/** What the query builder shows: kept in the address, so that it can be shared and Back works. */

import type { Schemas } from '@emban/api/console';
import type { ChartType } from '@emban/api/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';

export type StructuredQuery = Schemas['QueryIn'];
export const MODES = ['visual', 'sql', 'split'] as const;
export const PANELS = ['schema', 'history', 'saved'] as const;
export const CHARTS = ['stat', 'line', 'area', 'bar', 'stacked_bar', 'list', 'horizontal_bar', 'donut'] as const;

export interface QueryView {
  readonly mode?: (typeof MODES)[number];
  readonly panel?: (typeof PANELS)[number] | 'none';
  readonly show?: 'chart';
  /** The question of the visual mode, with its chart and whose events it is about; no tenant means all of them. */
  readonly q?: StructuredQuery;
  readonly chart?: ChartType;
  readonly tenant?: string;
}

function oneOf<T extends string>(names: readonly T[], value: unknown): T | undefined {
  return names.find((name) => name === value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The page's part of an address; whatever is not understood is left out. A tenant may be called 42. */
export function readQueryView(search: Record<string, unknown>): QueryView {
  const given = {
    mode: oneOf(MODES, search.mode),
    panel: oneOf([...PANELS, 'none'], search.panel),
    show: oneOf(['chart'], search.show),
    q: isObject(search.q) ? search.q : undefined,
    chart: oneOf(CHARTS, search.chart),
    tenant: ['string', 'number'].includes(typeof search.tenant) ? String(search.tenant) : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as QueryView;
}

/** The address that opens a widget's question here, with its chart and period. */
export function openInQueryBuilder(
  widget: { readonly query?: unknown; readonly chart?: string | null },
  period: string | null,
  tenant: string | null,
): QueryView {
  const q = { ...(widget.query as StructuredQuery), ...(period && { period: period as never }) };
  return readQueryView({ mode: 'visual', q, chart: widget.chart, ...(tenant && { tenant }) });
}

export type ChangeView = (change: { [name in keyof QueryView]?: QueryView[name] | undefined }) => void;

export function useQueryView(): [QueryView, ChangeView] {
  const view: QueryView = useSearch({ strict: false });
  const navigate = useNavigate();
  const change: ChangeView = (part) => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...part })) as never, resetScroll: false });
  };
  return [view, change];
}
