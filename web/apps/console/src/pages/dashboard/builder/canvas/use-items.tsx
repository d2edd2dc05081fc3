/** The widgets of the canvas as elements: what the grid, or the list on narrow screens, puts into place. */

import type { MouseEvent } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { titleOf, useAnswers, useBuilder, useDraft, useSelected } from '../builder-context.ts';
import { useBuilderSearch } from '../builder-search.ts';
import type { DraftWidget } from '../core/doc.ts';
import { useColours, useDrawing } from '../use-drawing.ts';
import { CardView } from './CardView.tsx';
import { Fence, Tools, Warning } from './Item.tsx';
import { useCardKeys } from './use-card-keys.ts';

const say = words.builder.canvas;

interface ItemsProps {
  readonly order: readonly DraftWidget[];
  readonly stop: string | undefined;
}

/** One widget as a child of the grid or of the list. It has to be an element: the library reads its key and gives it its place. */
export function useItems({ order, stop }: ItemsProps) {
  const draft = useDraft();
  const answers = useAnswers();
  const { selected } = useBuilder();
  const ids = useSelected();
  const keys = useCardKeys();
  const [{ widget: edited }, change] = useBuilderSearch();
  const { base } = useDrawing(draft);
  const colours = useColours(draft, answers);
  return order.map((widget) => {
    const { id, layout } = widget;
    const title = titleOf(widget);
    const choose = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) selected.toggle(id);
      else selected.set([id]);
      if (edited && edited !== id) change({ widget: id });
    };
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form; this is a group that is moved as a whole.
      <div
        key={id}
        role="group"
        data-item={id}
        data-selected={ids.includes(id) || undefined}
        className="bw-item"
        aria-roledescription={say.roleOf}
        aria-label={say.card(title, say.place(layout.x, layout.y, layout.w, layout.h))}
        aria-describedby="builder-keys"
        tabIndex={id === stop ? 0 : -1}
        onKeyDown={keys}
        onFocus={(event) => event.target === event.currentTarget && !ids.includes(id) && selected.set([id])}
        onClick={choose}
        onDoubleClick={() => change({ widget: id, panel: undefined })}
      >
        <Fence title={title}>
          <CardView {...{ widget, base, colours, answers }} figures={answers.of(widget)} />
        </Fence>
        <Warning widget={widget} />
        <Tools widget={widget} />
      </div>
    );
  });
}
