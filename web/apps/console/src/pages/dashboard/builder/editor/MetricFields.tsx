/** One figure: what is computed, of which property; or a formula of several. */

import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder } from '../builder-context.ts';
import { compact } from '../core/doc.ts';
import { METRICS, needsNumber } from '../core/kinds.ts';
import { dimensionsOf, eventsOf, measuresOf } from '../found.ts';
import { FieldSelect } from './Fields.tsx';

const say = words.editor;

/** A figure as queries, series, columns and formulas have it. */
export interface Figure {
  readonly event_name?: string | null | undefined;
  readonly metric?: string | null | undefined;
  readonly prop?: string | null | undefined;
  readonly formula?: string | null | undefined;
  readonly figures?: Readonly<Record<string, Figure>> | null | undefined;
  readonly title?: string | null | undefined;
}

interface Props {
  readonly figure: Figure;
  /** The query's event, where the figure names none of its own. */
  readonly event: string;
  readonly set: (change: Figure) => void;
  readonly errorOf: (field: string) => string | undefined;
  /** Inside of a formula there are no formulas. */
  readonly inner?: boolean;
}

/** What goes with a metric: its property where it takes one, its formula where it is one. */
function withMetric(figure: Figure, metric: string): Figure {
  const keepsProp = needsNumber(metric) && figure.metric && needsNumber(figure.metric);
  const first: Figure = { metric: 'count' };
  const formula =
    metric === 'formula' ? { formula: figure.formula ?? 'a', figures: figure.figures ?? { a: first } } : {};
  return { metric, prop: keepsProp ? figure.prop : undefined, formula: undefined, figures: undefined, ...formula };
}

export function MetricFields({ figure, event, set, errorOf, inner = false }: Props) {
  const { found } = useBuilder();
  const metric = figure.metric ?? 'count';
  const own = figure.event_name ?? event;
  const metrics = METRICS.filter((name) => !inner || name !== 'formula');
  return (
    <>
      <Select
        label={say.metric}
        data={metrics.map((value) => ({ value, label: say.metrics[value] ?? value }))}
        value={metric}
        onChange={(value) => value && set(withMetric(figure, value))}
        allowDeselect={false}
        error={errorOf('metric')}
      />
      {needsNumber(metric) && (
        <FieldSelect
          label={say.prop}
          fields={measuresOf(found, own)}
          value={figure.prop ?? null}
          onChange={(prop) => set({ prop: prop ?? undefined })}
          error={errorOf('prop')}
        />
      )}
      {metric === 'count_unique' && (
        <FieldSelect
          label={say.propDistinct}
          fields={dimensionsOf(found, own).filter(({ type }) => type === 'text')}
          value={figure.prop ?? null}
          onChange={(prop) => set({ prop: prop ?? undefined })}
          placeholder={say.users}
          clearable
          error={errorOf('prop')}
        />
      )}
      {metric === 'formula' && <FormulaFields {...{ figure, event, set, errorOf }} />}
    </>
  );
}

function FormulaFields({ figure, event, set, errorOf }: Props) {
  return (
    <>
      <TextInput
        label={say.formula}
        description={say.formulaHint}
        value={figure.formula ?? ''}
        onChange={({ currentTarget }) => set({ formula: currentTarget.value || undefined })}
        error={errorOf('formula')}
        spellCheck={false}
      />
      <FiguresEditor
        label={say.figures}
        figures={figure.figures ?? {}}
        event={event}
        set={(figures) => set({ figures })}
        errorOf={(path) => errorOf(`figures.${path}`)}
        inner
      />
    </>
  );
}

interface FiguresProps {
  readonly label: string;
  readonly figures: Readonly<Record<string, Figure>>;
  readonly event: string;
  readonly set: (figures: Readonly<Record<string, Figure>>) => void;
  readonly errorOf: (path: string) => string | undefined;
  readonly inner?: boolean;
}

const MOST_FIGURES = 8;

function freshName(taken: readonly string[]): string {
  return [...'abcdefgh'].find((letter) => !taken.includes(letter)) ?? `f${taken.length}`;
}

/** Named figures in their order. */
export function FiguresEditor({ label, figures, event, set, errorOf, inner = false }: FiguresProps) {
  const entries = Object.entries(figures);
  const replace = (at: number, name: string, figure: Figure) =>
    set(Object.fromEntries(entries.map((entry, index) => (index === at ? [name, figure] : entry))));
  const add = () => set({ ...figures, [freshName(Object.keys(figures))]: { metric: 'count' } });
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      {entries.map(([name, figure], at) => (
        <FigureRow
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is typed here, so that it is no key of the row.
          key={at}
          {...{ name, figure, event, inner }}
          rename={(next) => !(next in figures) && replace(at, next, figure)}
          set={(change) => replace(at, name, compact({ ...figure, ...change }))}
          remove={entries.length > 1 ? () => set(Object.fromEntries(entries.filter((_, index) => index !== at))) : null}
          errorOf={(field) => errorOf(`${name}.${field}`)}
        />
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={add}
        disabled={entries.length >= MOST_FIGURES}
      >
        {say.addFigure}
      </Button>
    </Stack>
  );
}

interface RowProps extends Props {
  readonly name: string;
  readonly rename: (name: string) => void;
  readonly remove: (() => void) | null;
}

function FigureRow({ name, figure, event, set, rename, remove, errorOf, inner = false }: RowProps) {
  const { found } = useBuilder();
  return (
    <Stack gap={6} className="builder-figure">
      <Group gap={6} wrap="nowrap" align="flex-end">
        <TextInput
          label={say.figureName}
          value={name}
          onChange={({ currentTarget }) =>
            /^[a-z_][a-z0-9_]{0,31}$/i.test(currentTarget.value) && rename(currentTarget.value)
          }
          flex={1}
          spellCheck={false}
        />
        {!inner && (
          <TextInput
            label={say.figureTitle}
            value={figure.title ?? ''}
            onChange={({ currentTarget }) => set({ title: currentTarget.value || undefined })}
            flex={2}
          />
        )}
        {remove && (
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={say.removeFigure(name)} onClick={remove}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Group>
      <FieldSelect
        label={say.figureEvent}
        fields={eventsOf(found)}
        value={figure.event_name ?? null}
        onChange={(value) => set({ event_name: value ?? undefined })}
        clearable
      />
      <MetricFields {...{ figure, event, set, errorOf, inner }} />
    </Stack>
  );
}
