/**
 * Dragging and resizing: the library follows the pointer, our own grid says what has to make room. Everything is worked out from where things
 * stood at the beginning, so that what made room goes back as soon as it need not, and Escape restores exactly.
 */

import { useEffect, useMemo, useRef } from 'react';
import type { Compactor, Layout, LayoutItem } from 'react-grid-layout';
import { words } from '../../../../words/builder-words.ts';
import { announcePlace } from '../actions.ts';
import { type Builder, titleOf } from '../builder-context.ts';
import { widgetOf } from '../core/doc.ts';
import { place } from '../core/edits.ts';
import { type Box, type Placed, settle } from '../core/grid.ts';

const say = words.builder;

export const layoutOf = (items: readonly Placed[]): LayoutItem[] => items.map(({ id, box }) => ({ i: id, ...box }));

const boxOf = ({ x, y, w, h }: LayoutItem): Box => ({ x, y, w, h });

interface Drag {
  readonly id: string;
  readonly items: readonly Placed[];
  cancelled: boolean;
}

class Dragging implements Compactor {
  readonly type = null;
  readonly allowOverlap = true;
  drag: Drag | null = null;

  compact(layout: Layout): Layout {
    const { drag } = this;
    const moved = drag && layout.find(({ i }) => i === drag.id);
    if (!drag || !moved) return layout.map((item) => ({ ...item }));
    return layoutOf(drag.cancelled ? drag.items : settle(drag.items, new Map([[drag.id, boxOf(moved)]])));
  }
}

export function useDrag(builder: Builder) {
  const { store, selected, announce } = builder;
  const dragging = useMemo(() => new Dragging(), []);
  const latest = useRef(announce);
  latest.current = announce;
  useEffect(() => {
    const giveUp = (event: KeyboardEvent) => {
      const { drag } = dragging;
      if (event.key !== 'Escape' || !drag) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      drag.cancelled = true;
      // The library ends a drag with the button alone.
      document.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
      latest.current(say.canvas.restored(titleOf(widgetOf(store.present, drag.id))));
    };
    window.addEventListener('keydown', giveUp, true);
    return () => window.removeEventListener('keydown', giveUp, true);
  }, [dragging, store]);
  const start = (_layout: Layout, item: LayoutItem | null) => {
    if (!item) return;
    const items = store.present.widgets.map(({ id, layout }) => ({ id, box: layout }));
    dragging.drag = { id: item.i, items, cancelled: false };
    selected.set([item.i]);
  };
  const stop =
    (name: (title: string) => string) => (_layout: Layout, _old: LayoutItem | null, item: LayoutItem | null) => {
      const { drag } = dragging;
      // The library asks for the layout once more after this.
      queueMicrotask(() => {
        dragging.drag = null;
      });
      if (!drag || drag.cancelled || !item) return;
      const title = titleOf(widgetOf(store.present, drag.id));
      store.edit(name(title), (draft) => place(draft, new Map([[drag.id, boxOf(item)]])));
      announcePlace(builder, drag.id);
    };
  return {
    compactor: dragging as Compactor,
    onDragStart: start,
    onDragStop: stop(say.steps.move),
    onResizeStart: start,
    onResizeStop: stop(say.steps.resize),
  };
}
