/** The dashboard as it is built: every widget in its place, to be moved, resized and edited. */

import { EmptyState } from '@emban/kit';
import { customProperties } from '@emban/theme';
import { VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type CSSProperties, type MouseEvent, useMemo } from 'react';
import GridLayout from 'react-grid-layout';
import { words } from '../../../../words/builder-words.ts';
import { AddMenu } from '../AddMenu.tsx';
import { useBuilder, useDraft, useSelected } from '../builder-context.ts';
import { COLUMNS, readingOrder } from '../core/grid.ts';
import { useDrawing } from '../use-drawing.ts';
import { PhoneList } from './PhoneList.tsx';
import { layoutOf, useDrag } from './use-drag.ts';
import { useItems } from './use-items.tsx';

const say = words.builder.canvas;
/** Cells and gaps as the embed has them, px. */
const GRID = {
  cols: COLUMNS,
  rowHeight: 62,
  margin: [12, 12] as const,
  containerPadding: [0, 0] as const,
  maxRows: Number.POSITIVE_INFINITY,
};
const DRAG = { enabled: true, bounded: false, threshold: 4, cancel: '.bw-tools, .bw-state button' };
const RESIZE = { enabled: true, handles: ['se', 'e', 's'] as const };
/** Narrower than this, twelve columns cannot be hit: widgets stand below one another, as on a phone. */
const NARROW = 620;

function Grid({ width }: { width: number }) {
  const builder = useBuilder();
  const draft = useDraft();
  const ids = useSelected();
  const drag = useDrag(builder);
  const layout = useMemo(() => layoutOf(draft.widgets.map(({ id, layout: box }) => ({ id, box }))), [draft.widgets]);
  const order = useMemo(
    () =>
      readingOrder(draft.widgets.map((widget) => ({ id: widget.id, box: widget.layout, widget }))).map(
        (one) => one.widget,
      ),
    [draft.widgets],
  );
  const items = useItems({ order, stop: order.find(({ id }) => id === ids.at(-1))?.id ?? order[0]?.id });
  return (
    <GridLayout
      width={width}
      layout={layout}
      gridConfig={GRID}
      dragConfig={DRAG}
      resizeConfig={RESIZE}
      {...drag}
      className="bw-grid"
    >
      {items}
    </GridLayout>
  );
}

function Empty() {
  return (
    <EmptyState title={say.empty} action={<AddMenu primary />}>
      {say.emptyHint}
    </EmptyState>
  );
}

export function Canvas() {
  const { selected } = useBuilder();
  const draft = useDraft();
  const { theme } = useDrawing(draft);
  const { ref, width } = useElementSize();
  const style = useMemo(
    () => ({ ...Object.fromEntries(customProperties(theme)), colorScheme: theme.scheme }) as CSSProperties,
    [theme],
  );
  const clear = (event: MouseEvent) => {
    if (!(event.target as HTMLElement).closest('.bw-item')) selected.set([]);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside everything selects nothing; Escape does the same.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div className="builder-canvas" style={style} onClick={clear}>
      <VisuallyHidden id="builder-keys">{say.keys}</VisuallyHidden>
      <section ref={ref} aria-label={say.label} className="builder-sheet">
        {draft.widgets.length === 0 && <Empty />}
        {draft.widgets.length > 0 && width > 0 && (width < NARROW ? <PhoneList /> : <Grid width={width} />)}
      </section>
    </div>
  );
}
