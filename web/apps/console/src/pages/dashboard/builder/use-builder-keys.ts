/** Keys that work on the whole page of the builder, and the clipboard. */

import { useShortcuts } from '@emban/kit';
import { useEffect } from 'react';
import { words } from '../../../words/builder-words.ts';
import { copied, duplicateSelected, paste, redo, removeSelected, undo } from './actions.ts';
import { useBuilder } from './builder-context.ts';
import { useBuilderSearch } from './builder-search.ts';

const say = words.builder.keys;

function isText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role=dialog]') !== null
  );
}

/** Copying and pasting are events of the browser: no permission is asked for. */
function useClipboard(): void {
  const builder = useBuilder();
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      const marked = (document.getSelection()?.toString() ?? '') !== '';
      const text = isText(event.target) || marked ? null : copied(builder);
      if (text === null) return;
      event.preventDefault();
      event.clipboardData?.setData('text/plain', text);
      if (event.type === 'cut') removeSelected(builder);
    };
    const put = (event: ClipboardEvent) => {
      if (isText(event.target)) return;
      if (paste(builder, event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
    };
    document.addEventListener('copy', copy);
    document.addEventListener('cut', copy);
    document.addEventListener('paste', put);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('cut', copy);
      document.removeEventListener('paste', put);
    };
  }, [builder]);
}

export function useBuilderKeys(): void {
  const builder = useBuilder();
  const [, change] = useBuilderSearch();
  useClipboard();
  useShortcuts([
    { keys: 'mod+z', label: say.undo, group: say.group, run: () => undo(builder) },
    { keys: 'mod+shift+z', label: say.redo, group: say.group, run: () => redo(builder) },
    { keys: 'mod+y', label: say.redo, group: say.group, run: () => redo(builder) },
    { keys: 'mod+d', label: say.duplicate, group: say.group, run: () => duplicateSelected(builder) },
    { keys: 'p', label: say.preview, group: say.group, run: () => change({ mode: 'preview' }) },
  ]);
}
