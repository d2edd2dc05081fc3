/** The editor of a tab's statements. */

import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { words } from '../../words/words.ts';
import type { Offered } from './completion.ts';
import { type EditorActions, type Marked, markError, offer, offering, setup } from './editor-setup.ts';

export interface EditorHandle {
  /** Writes at the cursor, in the place of what is selected. */
  readonly insert: (text: string) => void;
  readonly replace: (text: string) => void;
  readonly focus: () => void;
}

interface Props extends EditorActions {
  /** Which tab it is: another one is another document with its own history. */
  readonly tab: string;
  readonly text: string;
  readonly offers: readonly Offered[];
  readonly error: Marked | null;
  readonly ref: Ref<EditorHandle>;
}

/** Documents of tabs, so that undo and the cursor are there again when somebody comes back to one. */
const states = new Map<string, EditorState>();

function useView({ tab, text, offers, error, ref, ...actions }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef<EditorActions>(actions);
  latest.current = actions;
  const first = useRef(text);
  first.current = text;
  useEffect(() => {
    if (!place.current) return;
    const kept = states.get(tab);
    const extensions = setup(words.query.editor, () => latest.current);
    const same = kept?.doc.toString() === first.current;
    const state = EditorState.create({ doc: first.current, extensions, ...(same && { selection: kept.selection }) });
    const made = new EditorView({ state, parent: place.current });
    view.current = made;
    latest.current.select(made.state.selection.main.from, made.state.selection.main.to);
    return () => {
      states.set(tab, made.state);
      made.destroy();
      view.current = null;
    };
  }, [tab]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another editor, which has to be told again.
  useEffect(() => view.current?.dispatch({ effects: offering.reconfigure(offer(offers)) }), [offers, tab]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above.
  useEffect(() => view.current?.dispatch({ effects: markError.of(error) }), [error, tab]);
  useEffect(() => {
    const present = view.current;
    // A text that came from elsewhere: another window, or a saved query.
    if (present && present.state.doc.toString() !== text) {
      present.dispatch({ changes: { from: 0, to: present.state.doc.length, insert: text } });
    }
  }, [text]);
  useImperativeHandle(ref, () => handleOf(() => view.current), []);
  return place;
}

function handleOf(view: () => EditorView | null): EditorHandle {
  return {
    insert: (text) => {
      const present = view();
      present?.dispatch(present.state.replaceSelection(text));
      present?.focus();
    },
    replace: (text) => {
      const present = view();
      present?.dispatch({ changes: { from: 0, to: present.state.doc.length, insert: text } });
    },
    focus: () => view()?.focus(),
  };
}

export function SqlEditor(props: Props) {
  const place = useView(props);
  return <div className="query-editor" ref={place} />;
}
