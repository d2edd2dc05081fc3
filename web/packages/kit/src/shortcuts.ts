/** Keyboard shortcuts: single keys, chords ("mod+k") and jumps ("g d"), and the list of those that are open now. */

import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** "?", "mod+enter", "shift+arrowright", "g d". Modifiers in the order mod, alt, shift. */
  readonly keys: string;
  readonly label: string;
  /** The heading that it stands under in the list of shortcuts. */
  readonly group: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while somebody types; chords with mod always do. */
  readonly whileTyping?: boolean;
}

/** How long the second key of a jump may take, in milliseconds. */
const JUMP_MS = 1000;

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** A key press as shortcuts write it. Shift counts with named keys alone: "?" says itself that Shift was held. */
export function pressName(press: Press): string {
  const key = press.key.toLowerCase();
  const named = key.length > 1 || /[a-z0-9]/.test(key);
  return [
    press.ctrlKey || press.metaKey ? 'mod' : '',
    press.altKey ? 'alt' : '',
    press.shiftKey && named ? 'shift' : '',
    key === ' ' ? 'space' : key,
  ]
    .filter(Boolean)
    .join('+');
}

/** Finds what a press means after the one before it; `before` is empty where that is too long ago. */
export function findShortcut<T extends { readonly keys: string }>(
  shortcuts: readonly T[],
  before: string,
  pressed: string,
): T | undefined {
  const jump = before ? shortcuts.findLast((one) => one.keys === `${before} ${pressed}`) : undefined;
  return jump ?? shortcuts.findLast((one) => one.keys === pressed);
}

const registered = new Set<{ current: readonly Shortcut[] }>();
const listeners = new Set<() => void>();
let snapshot: readonly Shortcut[] = [];
let before = { name: '', at: 0 };

function refresh(): void {
  snapshot = [...registered].flatMap((one) => one.current);
  for (const listener of listeners) listener();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Keys within a dialog or a menu are its own. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog], [role=menu], [role=listbox]') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
  const pressed = pressName(event);
  const recent = event.timeStamp - before.at < JUMP_MS ? before.name : '';
  const chord = pressed.startsWith('mod+');
  const typing = isTyping(event.target);
  before = typing ? { name: '', at: 0 } : { name: pressed, at: event.timeStamp };
  const found = findShortcut(
    [...registered].flatMap((one) => one.current),
    recent,
    pressed,
  );
  if (!found || (typing && !chord && !found.whileTyping) || (isElsewhere(event.target) && !found.whileTyping)) return;
  event.preventDefault();
  before = { name: '', at: 0 };
  found.run(event);
}

/** Opens shortcuts while the caller is on the page. A later one takes the place of an earlier one with the same keys. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const signature = shortcuts.map(({ keys, label }) => `${keys}:${label}`).join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is shown anew when its words change, not at every render.
  useEffect(() => {
    if (registered.size === 0) document.addEventListener('keydown', onKeyDown);
    registered.add(latest);
    refresh();
    return () => {
      registered.delete(latest);
      if (registered.size === 0) document.removeEventListener('keydown', onKeyDown);
      refresh();
    };
  }, [signature]);
}

/** The shortcuts that are open now, in the order in which they were added. */
export function useOpenShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}
