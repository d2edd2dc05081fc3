/** The widgets of a dashboard, drawn by the same code as the embed page draws them, each by its id: a change of one redraws that one. */

import type { Answer, DataAnswer, Widget } from '@emban/api/contract';
import { type ColourBook, chooseLocale, extendColours, noColours } from '@emban/charts';
import { dark, light, type Theme } from '@emban/theme';
import { placeCards } from '@emban/widgets';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { type Base, hostOf, LiveCard } from './live-card.ts';

/** What a widget's figures are: an answer, none yet, or one that is being renewed. */
export interface GridFigures {
  readonly answer: Answer | null;
  readonly waiting: boolean;
  readonly question: string;
}

interface Entry {
  readonly live: LiveCard;
  element: HTMLElement;
}

class Grid {
  private readonly entries = new Map<string, Entry>();
  private order = '';

  constructor(
    private readonly grid: HTMLElement,
    private readonly retry: (id: string) => void,
  ) {}

  show(widgets: readonly Widget[], figures: (widget: Widget) => GridFigures, base: Base, colours: ColourBook): void {
    const ids = new Set(widgets.map(({ id }) => id));
    for (const [id, entry] of this.entries) if (!ids.has(id)) this.remove(id, entry);
    for (const widget of widgets) this.entry(widget.id).live.show({ widget, ...figures(widget) }, base, colours);
    this.place(widgets);
  }

  dispose(): void {
    for (const [id, entry] of this.entries) this.remove(id, entry);
  }

  private entry(id: string): Entry {
    let entry = this.entries.get(id);
    if (!entry) {
      const live = new LiveCard(
        hostOf((one) => this.retry(one)),
        (element) => {
          made.element.replaceWith(element);
          made.element = element;
          this.order = '';
        },
      );
      const made: Entry = { live, element: live.element };
      entry = made;
      this.entries.set(id, entry);
    }
    return entry;
  }

  private remove(id: string, entry: Entry): void {
    entry.live.dispose();
    entry.element.remove();
    this.entries.delete(id);
  }

  /** Cards are put into the grid anew only where their places are others: what is moved in a document loses its focus. */
  private place(widgets: readonly Widget[]): void {
    const order = JSON.stringify(widgets.map(({ id, layout, phone }) => [id, layout, phone]));
    if (order === this.order) return;
    this.order = order;
    placeCards(
      this.grid,
      widgets.map((widget) => ({ widget, element: this.entry(widget.id).element })),
    );
  }
}

interface CardsProps {
  readonly widgets: readonly Widget[];
  readonly figures: (widget: Widget) => GridFigures;
  readonly theme: Theme;
  readonly period: string | null;
  readonly timezone: string;
  readonly colours: ColourBook;
  readonly retry: (id: string) => void;
}

/** What cards are drawn with; the same object for as long as nothing of it changes. */
export function useBase(theme: Theme, timezone: string, period: string | null): Base {
  return useMemo(
    () => ({ theme, timezone, period, locale: chooseLocale(...navigator.languages), now: Date.now() }),
    [theme, timezone, period],
  );
}

export function WidgetCards({ widgets, figures, theme, period, timezone, colours, retry }: CardsProps) {
  const place = useRef<HTMLDivElement>(null);
  const grid = useRef<Grid | null>(null);
  const latest = useRef(retry);
  latest.current = retry;
  const base = useBase(theme, timezone, period);
  useEffect(() => {
    if (!place.current) return;
    const made = new Grid(place.current, (id) => latest.current(id));
    grid.current = made;
    return () => {
      made.dispose();
      grid.current = null;
    };
  }, []);
  useEffect(() => {
    grid.current?.show(widgets, figures, base, colours);
  });
  return (
    <div className="ew-grid-frame">
      <div className="ew-grid" ref={place} />
    </div>
  );
}

interface Props {
  readonly widgets: readonly Widget[];
  readonly data: DataAnswer | undefined;
  readonly loading: boolean;
  readonly period: string | null;
  readonly timezone: string;
  readonly retry: () => void;
}

/** Widgets with the answers of one request. */
export function WidgetGrid({ widgets, data, loading, period, timezone, retry }: Props) {
  const scheme = useComputedColorScheme('light');
  const book = useRef<ColourBook>(noColours);
  book.current = useMemo(
    () => (data ? extendColours(book.current, widgets, data.widgets) : book.current),
    [data, widgets],
  );
  const figures = ({ id }: Widget) => ({ answer: data?.widgets[id] ?? null, waiting: loading, question: id });
  const theme = scheme === 'dark' ? dark : light;
  return <WidgetCards {...{ widgets, figures, theme, period, timezone, retry }} colours={book.current} />;
}
