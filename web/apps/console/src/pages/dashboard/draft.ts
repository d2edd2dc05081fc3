/** A draft's config as pages draw it, which is a little other than as it is written. */

import type { FigureTitle, QueryShape, Widget } from '@emban/api/contract';
import { humanise } from '@emban/charts';

/** A query of a draft: figures of a series by name, with a title or without. */
interface DraftQuery extends Omit<QueryShape, 'series'> {
  readonly series?: Readonly<Record<string, { readonly title?: string | null }>> | null;
}

interface DraftWidget extends Omit<Widget, 'query'> {
  readonly query?: DraftQuery | null;
}

export interface DraftConfig {
  readonly widgets?: readonly DraftWidget[];
  readonly filters?: {
    readonly periods?: readonly string[];
    readonly default_period?: string;
    readonly timezone?: string;
  };
}

function titles(series: NonNullable<DraftQuery['series']>): FigureTitle[] {
  return Object.entries(series).map(([name, { title }]) => ({ name, title: title || humanise(name) }));
}

/** The widgets of a draft. A figure without a title is called by its name, in words. */
export function drawnWidgets({ widgets = [] }: DraftConfig): Widget[] {
  return widgets.map(({ query, ...widget }) => {
    if (!query) return widget;
    const { series, ...rest } = query;
    return { ...widget, query: { ...rest, series: series ? titles(series) : null } };
  });
}
