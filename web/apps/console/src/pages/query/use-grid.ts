/** The state of a grid of cells: what is chosen, how wide columns are, and what keys and the mouse do to it. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { type Area, asTsv, fittingWidth, type Result } from './cells.ts';
import { areaOfChoice, type CellPlace, type Choice, choiceAfter } from './selection.ts';

export const ROW_PX = 28;
/** Of the numbers of rows, at the left edge. */
export const NUMBERS_PX = 56;
const WIDEST_PX = 1_200;

export interface Grid {
  readonly result: Result;
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly rows: ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>;
  readonly columns: ReturnType<typeof useVirtualizer<HTMLDivElement, Element>>;
  readonly choice: Choice | null;
  readonly area: Area | null;
  readonly resize: (column: number, width: number | 'fit') => void;
  readonly widthOf: (column: number) => number;
  readonly chooseColumn: (column: number) => void;
  readonly events: {
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
  };
}

function placeOfEvent(event: PointerEvent): CellPlace | null {
  const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-cell]');
  const [row, column] = (cell?.dataset.cell ?? '').split(':').map(Number);
  return row === undefined || column === undefined || Number.isNaN(row) ? null : { row, column };
}

function useWidths(result: Result) {
  const fitting = useMemo(() => result.columns.map((_, at) => fittingWidth(result, at)), [result]);
  const [changed, setChanged] = useState<Readonly<Record<number, number>>>({});
  const widthOf = (column: number) => changed[column] ?? fitting[column] ?? 0;
  const resize = (column: number, width: number | 'fit') => {
    const wanted = width === 'fit' ? fittingWidth(result, column, WIDEST_PX) : Math.max(40, Math.round(width));
    setChanged((before) => ({ ...before, [column]: wanted }));
  };
  return { widthOf, resize, changed };
}

function useVirtual(result: Result, widthOf: (column: number) => number, changed: object) {
  const scroller = useRef<HTMLDivElement>(null);
  const element = () => scroller.current;
  const rows = useVirtualizer({
    count: result.rows.length,
    getScrollElement: element,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX + 16,
    scrollPaddingEnd: 4,
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: result.columns.length,
    getScrollElement: element,
    estimateSize: widthOf,
    overscan: 3,
    paddingStart: NUMBERS_PX,
    scrollPaddingStart: NUMBERS_PX,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are measured anew when somebody changed one.
  useEffect(() => columns.measure(), [changed, result]);
  return { scroller, rows, columns };
}

export function useGrid(result: Result): Grid {
  const { widthOf, resize, changed } = useWidths(result);
  const { scroller, rows, columns } = useVirtual(result, widthOf, changed);
  const [choice, setChoice] = useState<Choice | null>(null);
  const dragging = useRef(false);
  const area = choice && areaOfChoice(choice);
  const choose = (next: Choice) => {
    setChoice(next);
    rows.scrollToIndex(next.focus.row);
    columns.scrollToIndex(next.focus.column);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === 'c' && area) {
      void navigator.clipboard.writeText(asTsv(result, area));
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / ROW_PX) - 2);
    const size = { rows: result.rows.length, columns: result.columns.length, page };
    const next = choiceAfter(choice, { key: event.key, shift: event.shiftKey, mod }, size);
    if (!next || size.rows === 0) return;
    event.preventDefault();
    choose(next);
  };
  const onPointerDown = (event: PointerEvent) => {
    const focus = placeOfEvent(event);
    if (!focus || event.button !== 0) return;
    dragging.current = true;
    setChoice({ anchor: event.shiftKey && choice ? choice.anchor : focus, focus });
  };
  const onPointerMove = (event: PointerEvent) => {
    const focus = dragging.current ? placeOfEvent(event) : null;
    if (focus) setChoice((before) => ({ anchor: before?.anchor ?? focus, focus }));
  };
  const onPointerUp = () => {
    dragging.current = false;
  };
  const chooseColumn = (column: number) => {
    setChoice({ anchor: { row: 0, column }, focus: { row: Math.max(0, result.rows.length - 1), column } });
  };
  const events = { onKeyDown, onPointerDown, onPointerMove, onPointerUp };
  return { result, scroller, rows, columns, choice, area, resize, widthOf, chooseColumn, events };
}
