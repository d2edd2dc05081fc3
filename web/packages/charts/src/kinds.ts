/** Kinds of widgets: those with figures, and those that speak for themselves. */

import type { ChartType, Widget, WidgetKind } from '@emban/api/contract';

export type FigureKind = Exclude<WidgetKind, 'text' | 'heading'>;
export type FigureChart = Exclude<ChartType, 'text' | 'heading'>;
export type FigureWidget = Widget & { readonly kind: FigureKind; readonly chart: FigureChart };

/** Whether a widget is answered with figures; a text and a heading are answered nothing. */
export function hasFigures(widget: Widget): widget is FigureWidget {
  return widget.kind !== 'text' && widget.kind !== 'heading';
}
