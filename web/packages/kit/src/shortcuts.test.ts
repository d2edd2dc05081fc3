import { expect, it } from 'vitest';
import { findShortcut, pressName } from './shortcuts.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) =>
  pressName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

it('names presses as shortcuts are written', () => {
  expect(press('k', { ctrlKey: true })).toBe('mod+k');
  expect(press('K', { metaKey: true, shiftKey: true })).toBe('mod+shift+k');
  expect(press('?', { shiftKey: true })).toBe('?');
  expect(press('ArrowRight', { shiftKey: true })).toBe('shift+arrowright');
  expect(press(' ')).toBe('space');
});

it('finds jumps by both keys, and a later shortcut before an earlier one', () => {
  const shortcuts = [
    { keys: 'd', id: 'old' },
    { keys: 'd', id: 'new' },
    { keys: 'g d', id: 'jump' },
  ];
  expect(findShortcut(shortcuts, 'g', 'd')?.id).toBe('jump');
  expect(findShortcut(shortcuts, '', 'd')?.id).toBe('new');
  expect(findShortcut(shortcuts, 'x', 'd')?.id).toBe('new');
  expect(findShortcut(shortcuts, '', 'g')).toBeUndefined();
});
