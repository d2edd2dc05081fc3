/** What the embed page shows: kept in the address, so that it can be shared and Back works. */

import { useNavigate, useSearch } from '@tanstack/react-router';

/** Widths of the host's page, in CSS pixels. */
export const WIDTHS = { desktop: 1280, tablet: 768, phone: 375 } as const;
export const SCHEMES = ['light', 'dark'] as const;
export type FrameWidth = keyof typeof WIDTHS;
export type FrameScheme = (typeof SCHEMES)[number];

export interface EmbedView {
  readonly dashboard?: string;
  readonly tenant?: string;
  readonly width?: FrameWidth;
  readonly scheme?: FrameScheme;
  readonly code?: string;
}

function oneOf<T extends string>(names: readonly T[], value: unknown): T | undefined {
  return names.find((name) => name === value);
}

/** The page's part of an address; whatever is not understood is left out. Numbers count as text: a tenant may be called 42. */
export function readEmbedView(search: Record<string, unknown>): EmbedView {
  const text = (value: unknown) =>
    (typeof value === 'string' && value) || (typeof value === 'number' && String(value)) || undefined;
  const given = {
    dashboard: text(search.dashboard),
    tenant: text(search.tenant),
    width: oneOf(Object.keys(WIDTHS) as FrameWidth[], search.width),
    scheme: oneOf(SCHEMES, search.scheme),
    code: text(search.code),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as EmbedView;
}

export function useEmbedView(): [EmbedView, (change: EmbedView) => void] {
  const view: EmbedView = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: EmbedView) => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...part })) as never, resetScroll: false });
  };
  return [view, change];
}
