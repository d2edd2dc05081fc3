/** The editor's behaviour: keys, completion, colours, and the place that is underlined. */

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Offered } from './completion.ts';
import { clickhouse, completionSource } from './dialect.ts';

export interface Marked {
  readonly from: number;
  readonly to: number;
}

export const markError = StateEffect.define<Marked | null>();
const underline = Decoration.mark({ class: 'query-mistake', attributes: { 'aria-invalid': 'true' } });

const mistake = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markError)) continue;
      const place = effect.value;
      const end = Math.min(place?.to ?? 0, transaction.newDoc.length);
      next = place && place.from < end ? Decoration.set([underline.range(place.from, end)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Tab takes the completion that is in front; Enter does only where somebody went to it with the arrows. */
function completionKeys(): Extension {
  let wentThere = false;
  const go = (forward: boolean) => (view: EditorView) => {
    const done = moveCompletionSelection(forward)(view);
    wentThere ||= done;
    return done;
  };
  const reset = EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged || completionStatus(state) === null) wentThere = false;
  });
  const keys = keymap.of([
    { key: 'Tab', run: acceptCompletion },
    { key: 'Enter', run: (view) => wentThere && acceptCompletion(view) },
    { key: 'ArrowDown', run: go(true) },
    { key: 'ArrowUp', run: go(false) },
    { key: 'Escape', run: closeCompletion },
    { key: 'Ctrl-Space', run: startCompletion },
  ]);
  return [Prec.highest(keys), reset, autocompletion({ defaultKeymap: false, interactionDelay: 0, icons: true })];
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, class: 'query-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'query-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'query-number' },
  { tag: [tags.lineComment, tags.blockComment], class: 'query-comment' },
  { tag: tags.typeName, class: 'query-type' },
]);

export interface EditorActions {
  readonly run: () => void;
  readonly format: () => void;
  /** Stops what runs; false where nothing does. */
  readonly cancel: () => boolean;
  readonly change: (text: string) => void;
  readonly select: (from: number, to: number) => void;
}

/** Nothing lies over what comes of it. */
function runFrom(view: EditorView, run: () => void): void {
  closeCompletion(view);
  run();
}

function handled(act: () => void): true {
  act();
  return true;
}

export const offering = new Compartment();

export const offer = (offers: readonly Offered[]): Extension =>
  clickhouse.language.data.of({ autocomplete: completionSource(offers) });

export function setup(label: string, actions: () => EditorActions): Extension {
  const keys = keymap.of([
    { key: 'Mod-Enter', run: (view) => handled(() => runFrom(view, actions().run)) },
    { key: 'Shift-Alt-f', run: () => handled(actions().format) },
    { key: 'Escape', run: () => actions().cancel() },
  ]);
  const listening = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
    if (docChanged) actions().change(state.doc.toString());
    if (docChanged || selectionSet) actions().select(state.selection.main.from, state.selection.main.to);
  });
  return [
    completionKeys(),
    Prec.high(keys),
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    EditorState.allowMultipleSelections.of(true),
    sql({ dialect: clickhouse, upperCaseKeywords: true }).language,
    syntaxHighlighting(colours),
    mistake,
    offering.of([]),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    listening,
  ];
}
