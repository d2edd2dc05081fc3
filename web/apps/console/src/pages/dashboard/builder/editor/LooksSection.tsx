/** How the widget's figures are written and judged. Nothing here asks the server anything. */

import { chooseLocale, formatValue, unitOfWidget } from '@emban/charts';
import { Autocomplete, NumberInput, Select, Text } from '@mantine/core';
import { words } from '../../../../words/builder-words.ts';
import { drawnWidget } from '../../draft.ts';
import type { DraftWidget } from '../core/doc.ts';
import { closedBecause } from '../core/rules.ts';
import { ColoursEditor } from './ColoursEditor.tsx';
import { options, Reasoned } from './Fields.tsx';
import { LinesEditor } from './LinesEditor.tsx';
import type { Edited } from './use-widget.ts';

const say = words.editor;
const UNITS = ['ms', 's', 'min', 'h', 'bytes', 'MiB', '%', 'USD', 'EUR', 'GBP', 'tokens', 'calls'];
/** Large enough to be shortened; of a share, one that is none of the round ones. */
const SAMPLES = { ratio: 0.1234, percent: 12.34, usual: 1_234_567 } as const;

/** `1,234,567 → 1.23M`: a number as it comes, and as the widget writes it where there is little room. */
function sampleOf(widget: DraftWidget): string {
  const locale = chooseLocale(...navigator.languages);
  const value =
    widget.format === 'ratio' ? SAMPLES.ratio : widget.format === 'percent' ? SAMPLES.percent : SAMPLES.usual;
  const unit = unitOfWidget(drawnWidget(widget));
  return say.sample(formatValue(value, undefined, locale), formatValue(value, unit, locale, 'tight'));
}

function Format({ edited }: { edited: Edited }) {
  const { widget, set, errorOf } = edited;
  return (
    <>
      <Autocomplete
        label={say.unit}
        description={say.unitHint}
        data={UNITS}
        value={widget.unit ?? ''}
        onChange={(unit) => set({ unit: unit || undefined }, say.unit.toLowerCase())}
        maxLength={16}
        error={errorOf('unit')}
      />
      <Select
        label={say.format}
        data={options(say.formats)}
        value={widget.format ?? null}
        placeholder={say.formatAuto}
        onChange={(format) => set({ format: format ?? undefined }, say.format.toLowerCase())}
        clearable
        error={errorOf('format')}
      />
      <Text size="xs" c="dimmed" className="tabular" data-testid="sample">
        {sampleOf(widget)}
      </Text>
    </>
  );
}

function Good({ edited }: { edited: Edited }) {
  const { widget, set } = edited;
  const reason = closedBecause('good', widget);
  return (
    <Reasoned reason={reason}>
      <Select
        label={say.good}
        data={Object.entries(say.goods).map(([value, label]) => ({ value, label }))}
        value={widget.good ?? null}
        placeholder={say.goodNone}
        onChange={(good) => set({ good: good ?? undefined }, say.good.toLowerCase())}
        clearable
        disabled={reason !== null}
        description={reason ?? undefined}
      />
    </Reasoned>
  );
}

function Target({ edited }: { edited: Edited }) {
  const { widget, set, errorOf } = edited;
  const reason = closedBecause('target', widget);
  if (widget.kind !== 'kpi') return null;
  return (
    <Reasoned reason={reason}>
      <NumberInput
        label={say.target}
        value={widget.target ?? ''}
        onChange={(value) => {
          const target = typeof value === 'number' && value > 0 ? value : undefined;
          set(target === undefined ? { target, target_period: undefined } : { target }, say.target.toLowerCase());
        }}
        min={0}
        disabled={reason !== null}
        description={reason ?? undefined}
        error={errorOf('target')}
      />
      {widget.target !== undefined && (
        <Select
          label={say.targetPeriod}
          data={options(say.targetPeriods)}
          value={widget.target_period ?? null}
          placeholder={say.targetWindow}
          onChange={(value) => set({ target_period: value ?? undefined }, say.targetPeriod.toLowerCase())}
          clearable
          error={errorOf('target_period')}
        />
      )}
    </Reasoned>
  );
}

export function LooksSection({ edited }: { edited: Edited }) {
  return (
    <>
      <Format edited={edited} />
      <Good edited={edited} />
      <Target edited={edited} />
      {closedBecause('lines', edited.widget) === null && <LinesEditor edited={edited} />}
      <ColoursEditor edited={edited} />
    </>
  );
}
