/** The widgets of a dashboard, drawn by the same code as the embed page draws them. */

import type { DataAnswer, Widget } from '@emban/api/contract';
import { type ChartContext, chooseLocale, extendColours, noColours, windowOf } from '@emban/charts';
import { dark, light } from '@emban/theme';
import { Card, type Engine, type Host, placeCards, TooltipBox } from '@emban/widgets';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

let engine: Promise<Engine> | null = null;

function loadEngine(): Promise<Engine> {
  engine ??= import('@emban/widgets/echarts').then(({ createChart }) => createChart);
  return engine;
}

class Cards {
  private readonly cards: Card[];
  private readonly tooltip = new TooltipBox(document.body);
  private colours = noColours;

  constructor(
    grid: HTMLElement,
    private readonly widgets: readonly Widget[],
    retry: () => void,
  ) {
    const host: Host = { engine: loadEngine(), tooltip: this.tooltip, retry };
    this.cards = widgets.map((widget) => new Card(widget, host));
    placeCards(grid, this.cards);
  }

  show(data: DataAnswer, base: Omit<ChartContext, 'colours' | 'window'>): void {
    this.colours = extendColours(this.colours, this.widgets, data.widgets);
    for (const card of this.cards) {
      const answer = data.widgets[card.widget.id];
      if (!answer) continue;
      const window = windowOf(answer) ?? { from: 0, to: Date.now() };
      card.setAnswer(answer, { ...base, colours: this.colours, window });
    }
  }

  waiting(): void {
    for (const card of this.cards) card.setLoading();
  }

  dispose(): void {
    for (const card of this.cards) card.dispose();
    this.tooltip.element.remove();
  }
}

interface Props {
  readonly widgets: readonly Widget[];
  readonly data: DataAnswer | undefined;
  readonly loading: boolean;
  readonly period: string;
  readonly timezone: string;
  readonly retry: () => void;
}

export function WidgetGrid({ widgets, data, loading, period, timezone, retry }: Props) {
  const grid = useRef<HTMLDivElement>(null);
  const latestRetry = useRef(retry);
  latestRetry.current = retry;
  const [cards, setCards] = useState<Cards | null>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (!grid.current) return;
    const made = new Cards(grid.current, widgets, () => latestRetry.current());
    setCards(made);
    return () => made.dispose();
  }, [widgets]);
  useEffect(() => {
    if (loading) cards?.waiting();
    else if (data)
      cards?.show(data, {
        theme: scheme === 'dark' ? dark : light,
        locale: chooseLocale(...navigator.languages),
        timezone,
        now: Date.now(),
        period,
      });
  }, [cards, data, loading, scheme, period, timezone]);
  return (
    <div className="ew-grid-frame">
      <div className="ew-grid" ref={grid} />
    </div>
  );
}
