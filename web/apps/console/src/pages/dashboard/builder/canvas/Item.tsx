/** What stands around a card on the canvas: its buttons, its warning, and a fence for what may break in it. */

import { IconAlertTriangle, IconCopy, IconPencil, IconTrash } from '@tabler/icons-react';
import { Component, memo, type ReactNode } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { duplicateSelected, removeSelected } from '../actions.ts';
import { titleOf, useBuilder } from '../builder-context.ts';
import { useBuilderSearch } from '../builder-search.ts';
import type { DraftWidget } from '../core/doc.ts';
import { missingNames } from '../core/question.ts';

const say = words.builder.canvas;

/** One broken widget never takes the page along. */
export class Fence extends Component<{ readonly title: string; readonly children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <section className="ew-card">
        <h2 className="ew-title">{this.props.title}</h2>
        <div className="ew-state">{say.broken}</div>
      </section>
    );
  }
}

/** Plain buttons with a title: three tooltips for each of many widgets would be made anew at every letter of an edit. */
function Tool({ label, run, children }: { label: string; run: () => void; children: ReactNode }) {
  return (
    <button type="button" className="bw-tool" title={label} aria-label={label} tabIndex={-1} onClick={run}>
      {children}
    </button>
  );
}

export const Tools = memo(function Tools({ widget }: { widget: DraftWidget }) {
  const builder = useBuilder();
  const [, change] = useBuilderSearch();
  const title = titleOf(widget);
  const only = (run: () => void) => () => {
    builder.selected.set([widget.id]);
    run();
  };
  return (
    <div className="bw-tools">
      <Tool label={say.edit(title)} run={only(() => change({ widget: widget.id, panel: undefined }))}>
        <IconPencil size={16} />
      </Tool>
      <Tool label={say.duplicate(title)} run={only(() => duplicateSelected(builder))}>
        <IconCopy size={16} />
      </Tool>
      <Tool label={say.remove(title)} run={only(() => removeSelected(builder))}>
        <IconTrash size={16} />
      </Tool>
    </div>
  );
});

/** Names that the widget asks for and no event has. */
export const Warning = memo(function Warning({ widget }: { widget: DraftWidget }) {
  const { known } = useBuilder();
  const missing = known ? missingNames(widget, known) : [];
  if (missing.length === 0) return null;
  return (
    <div className="bw-warning" role="note">
      <IconAlertTriangle size={14} aria-hidden="true" />
      {say.gone(missing)}
    </div>
  );
});
