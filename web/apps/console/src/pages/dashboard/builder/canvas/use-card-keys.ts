/** Keys on a widget of the canvas. */

import { type KeyboardEvent, useCallback } from 'react';
import { duplicateSelected, nudgeSelected, removeSelected, reveal } from '../actions.ts';
import { type Builder, useBuilder } from '../builder-context.ts';
import { useBuilderSearch } from '../builder-search.ts';
import { type Box, type Placed, readingOrder } from '../core/grid.ts';

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const centre = ({ x, y, w, h }: Box) => [x + w / 2, y + h / 2] as const;

/** The nearest widget in a direction. */
export function neighbour(items: readonly Placed[], id: string, [dx, dy]: readonly [number, number]): string | null {
  const from = items.find((item) => item.id === id);
  if (!from) return null;
  const [x, y] = centre(from.box);
  const distances = items.flatMap((item) => {
    const [ox, oy] = centre(item.box);
    const [along, across] = dx ? [(ox - x) * dx, Math.abs(oy - y)] : [(oy - y) * dy, Math.abs(ox - x)];
    return item.id !== id && along > 0 ? [{ id: item.id, far: along + 2 * across }] : [];
  });
  return distances.sort((a, b) => a.far - b.far)[0]?.id ?? null;
}

function focusOn(builder: Builder, id: string | null | undefined): void {
  if (!id) return;
  builder.selected.set([id]);
  reveal(id);
}

/** Another widget in the order of reading. */
function inOrder({ store, selected }: Builder, key: string): string | undefined {
  const order = readingOrder(store.present.widgets.map(({ id, layout }) => ({ id, box: layout }))).map(({ id }) => id);
  const at = order.indexOf(selected.get().at(-1) ?? '');
  const to = { PageDown: at + 1, PageUp: at - 1, Home: 0, End: order.length - 1 }[key];
  return to === undefined ? undefined : order[Math.max(0, Math.min(order.length - 1, to))];
}

function arrow(builder: Builder, event: KeyboardEvent, way: readonly [number, number]): void {
  const [x, y] = way;
  const id = builder.selected.get().at(-1);
  if (event.ctrlKey || event.metaKey) {
    const items = builder.store.present.widgets.map((widget) => ({ id: widget.id, box: widget.layout }));
    focusOn(builder, id && neighbour(items, id, way));
  } else if (event.shiftKey) nudgeSelected(builder, x ? { w: x } : { h: y });
  else nudgeSelected(builder, x ? { x } : { y });
}

/** What a key does with the widget that has the focus; null for a key that means nothing here. */
function meaning(builder: Builder, event: KeyboardEvent<HTMLElement>, edit: () => void): (() => void) | null {
  const way = WAYS[event.key];
  if (way) return () => arrow(builder, event, way);
  const neighbouring = inOrder(builder, event.key);
  if (neighbouring) return () => focusOn(builder, neighbouring);
  const chord = event.ctrlKey || event.metaKey;
  const own: Readonly<Record<string, () => void>> = {
    Enter: edit,
    Delete: () => removeSelected(builder),
    Backspace: () => removeSelected(builder),
    Escape: () => builder.selected.set([]),
  };
  if (chord) return event.key === 'd' ? () => duplicateSelected(builder) : null;
  return own[event.key] ?? null;
}

export function useCardKeys(): (event: KeyboardEvent<HTMLElement>) => void {
  const builder = useBuilder();
  const [, change] = useBuilderSearch();
  return useCallback(
    (event) => {
      if (event.target !== event.currentTarget || event.altKey) return;
      const id = event.currentTarget.dataset.item ?? '';
      const run = meaning(builder, event, () => change({ widget: id, panel: undefined }));
      if (!run) return;
      event.preventDefault();
      run();
    },
    [builder, change],
  );
}
