/** Arrow keys through rows: one of them is reached by Tab, the others from there. */

import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';

const MOVES: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

export function useRowKeys(count: number) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [place, setPlace] = useState(0);
  const rowOf = (target: EventTarget) => [...(body.current?.rows ?? [])].indexOf(target as HTMLTableRowElement);
  const onFocus = (event: FocusEvent) => {
    const at = rowOf(event.target);
    if (at >= 0) setPlace(at);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rowOf(event.target);
    const move = MOVES[event.key];
    // Only where the row itself has the focus: its links and menus have keys of their own.
    if (at < 0 || !move) return;
    event.preventDefault();
    body.current?.rows[move(at, count - 1)]?.focus();
  };
  return { body, current: Math.min(place, Math.max(0, count - 1)), onFocus, onKeyDown };
}
