/** The draft, or an older version, as a customer gets it: by customer, period, scheme and width. */

import { EmptyState } from '@emban/kit';
import { customProperties } from '@emban/theme';
import { Group, SegmentedControl, Text, useComputedColorScheme } from '@mantine/core';
import { type CSSProperties, useMemo } from 'react';
import { WidgetCards } from '../../../parts/WidgetGrid.tsx';
import { words } from '../../../words/builder-words.ts';
import { Downloads } from '../Downloads.tsx';
import { drawnWidget } from '../draft.ts';
import { useAnswers, useBuilder, useDashboard, useDraft } from './builder-context.ts';
import { type BuilderSearch, useBuilderSearch } from './builder-search.ts';
import type { Answers } from './core/answers.ts';
import type { Draft } from './core/doc.ts';
import { type Choice, questionOf } from './core/question.ts';
import { useColours, useHostTheme } from './use-drawing.ts';

const say = words.panels.preview;
type Width = NonNullable<BuilderSearch['width']>;
const WIDTHS: readonly Width[] = [1280, 768, 375];

interface SheetProps {
  readonly draft: Draft;
  readonly answers: Answers;
  readonly choice: Choice;
  readonly scheme: 'light' | 'dark';
  /** Px; null for all there is. */
  readonly width: number | null;
}

/** A page of widgets in the dashboard's theme, drawn as its embed draws them. */
export function Sheet({ draft, answers, choice, scheme, width }: SheetProps) {
  const theme = useHostTheme(draft.theme, scheme);
  const colours = useColours(draft, answers);
  // Where the frame is narrow, the grid itself puts them into their order on phones.
  const shown = useMemo(() => draft.widgets.map(drawnWidget), [draft.widgets]);
  const byId = useMemo(() => new Map(draft.widgets.map((widget) => [widget.id, widget])), [draft.widgets]);
  const figures = ({ id }: { id: string }) => {
    const widget = byId.get(id);
    const known = widget && answers.of(widget);
    const question = (widget && questionOf(widget)) ?? id;
    return { answer: known?.answer ?? null, waiting: (known?.since ?? null) !== null, question };
  };
  const style = {
    ...Object.fromEntries(customProperties(theme)),
    colorScheme: theme.scheme,
    ...(width ? { width } : {}),
  } as CSSProperties;
  const { period, timezone } = choice;
  return (
    <section className="builder-sheet-frame" style={style} aria-label={say.frame(String(width ?? ''))}>
      <WidgetCards
        widgets={shown}
        {...{ figures, theme, period, timezone, colours }}
        retry={(id) => answers.again(byId.get(id))}
      />
    </section>
  );
}

export function Preview() {
  const { choice } = useBuilder();
  const dashboard = useDashboard();
  const draft = useDraft();
  const answers = useAnswers();
  const [search, change] = useBuilderSearch();
  const own = useComputedColorScheme('light');
  const scheme =
    search.scheme ?? (draft.theme.mode === 'light' || draft.theme.mode === 'dark' ? draft.theme.mode : own);
  const width: Width = search.width ?? 1280;
  const hidden = draft.widgets.filter(({ phone }) => phone?.hidden).length;
  return (
    <div className="builder-preview">
      <Group gap="sm" className="builder-preview-bar">
        <SegmentedControl
          aria-label={say.width}
          data={WIDTHS.map((value) => ({ value: String(value), label: `${say.widths[value]} ${value}` }))}
          value={String(width)}
          onChange={(value) => change({ width: Number(value) as Width })}
        />
        <SegmentedControl
          aria-label={say.scheme}
          data={Object.entries(say.schemes).map(([value, label]) => ({ value, label }))}
          value={scheme}
          onChange={(value) => change({ scheme: value as 'light' | 'dark' })}
        />
        {width === 375 && hidden > 0 && (
          <Text size="xs" c="dimmed">
            {say.hidden(hidden)}
          </Text>
        )}
        <Downloads dashboard={dashboard} tenant={choice.tenant} period={choice.period} />
      </Group>
      <section
        className="builder-preview-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key as well.
        tabIndex={0}
        aria-label={say.region}
      >
        {draft.widgets.length ? (
          <Sheet {...{ draft, answers, choice, scheme }} width={width} />
        ) : (
          <EmptyState title={say.empty} />
        )}
      </section>
    </div>
  );
}
