/** The editor of one widget, beside the dashboard that it changes. */

import {
  Anchor,
  Checkbox,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useCan } from '../../../../session.ts';
import { words } from '../../../../words/builder-words.ts';
import { openInQueryBuilder } from '../../../query/view.ts';
import { reveal } from '../actions.ts';
import { titleOf, useDraft } from '../builder-context.ts';
import { useBuilderSearch } from '../builder-search.ts';
import type { Kind } from '../core/doc.ts';
import { phoneOrder } from '../core/edits.ts';
import { asksWords, CHARTS, KINDS } from '../core/kinds.ts';
import { chartClosedBecause } from '../core/rules.ts';
import { KIND_ICONS } from '../kind-icons.ts';
import { Panel } from '../panels/Panel.tsx';
import { DataSection, TimeSection } from './DataSection.tsx';
import { LibrarySection } from './LibrarySection.tsx';
import { LooksSection } from './LooksSection.tsx';
import { type Edited, useWidget } from './use-widget.ts';

const say = words.editor;

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="sm" className="builder-section" aria-label={title}>
      <Title order={3}>{title}</Title>
      {children}
    </Stack>
  );
}

type Kinds = 'all' | 'figures';

function KindPicker({ edited, kinds }: { edited: Edited; kinds: Kinds }) {
  const { widget, setKind, set } = edited;
  const charts = CHARTS[widget.kind].map((value) => {
    const closed = chartClosedBecause(value, widget);
    return { value, label: say.charts[value] ?? value, disabled: closed !== null, closed };
  });
  return (
    <>
      <Select
        label={say.kind}
        data={KINDS.filter((kind) => kinds === 'all' || !asksWords(kind)).map((value) => ({
          value,
          label: words.builder.kinds[value].name,
        }))}
        value={widget.kind}
        onChange={(kind) => kind && setKind(kind as Kind)}
        allowDeselect={false}
        renderOption={({ option }) => {
          const Icon = KIND_ICONS[option.value as Kind];
          return (
            <Group gap="xs">
              <Icon size={16} aria-hidden />
              {option.label}
            </Group>
          );
        }}
      />
      {charts.length > 1 && (
        <div>
          <Text size="sm" fw={500} id="builder-chart">
            {say.chart}
          </Text>
          <SegmentedControl
            aria-labelledby="builder-chart"
            fullWidth
            size="xs"
            data={charts}
            value={widget.chart ?? charts[0]?.value ?? ''}
            onChange={(chart) => set({ chart }, say.chart.toLowerCase())}
          />
          {charts.map(({ value, closed, label }) =>
            closed ? (
              <Text size="xs" c="dimmed" key={value} mt={4}>
                {`${label}: ${closed}`}
              </Text>
            ) : null,
          )}
        </div>
      )}
    </>
  );
}

function Words({ edited }: { edited: Edited }) {
  const { widget, set, errorOf } = edited;
  return (
    <>
      <TextInput
        label={say.titleOf}
        value={widget.title}
        onChange={({ currentTarget }) => set({ title: currentTarget.value }, say.titleOf.toLowerCase())}
        maxLength={200}
        error={errorOf('title')}
        data-autofocus
      />
      {widget.kind === 'text' && (
        <Textarea
          label={say.text}
          description={say.textHint}
          value={widget.text ?? ''}
          onChange={({ currentTarget }) => set({ text: currentTarget.value }, say.text.toLowerCase())}
          autosize
          minRows={6}
          maxRows={20}
          maxLength={10_000}
          error={errorOf('text')}
        />
      )}
      {!asksWords(widget.kind) && (
        <Textarea
          label={say.description}
          description={say.descriptionHint}
          value={widget.description ?? ''}
          onChange={({ currentTarget }) =>
            set({ description: currentTarget.value || undefined }, say.description.toLowerCase())
          }
          autosize
          maxRows={5}
          maxLength={1000}
          error={errorOf('description')}
        />
      )}
    </>
  );
}

function Phone({ edited }: { edited: Edited }) {
  const { widget, set } = edited;
  const draft = useDraft();
  const order = phoneOrder(draft.widgets).filter(({ phone }) => !phone?.hidden);
  const at = order.findIndex(({ id }) => id === widget.id);
  const hidden = widget.phone?.hidden ?? false;
  const hide = (checked: boolean) => {
    const { order: place } = widget.phone ?? {};
    const phone = { ...(place === undefined ? {} : { order: place }), ...(checked ? { hidden: true } : {}) };
    set({ phone: Object.keys(phone).length ? phone : undefined }, say.sections.phone.toLowerCase());
  };
  return (
    <>
      <Checkbox
        label={say.phoneHidden}
        checked={hidden}
        onChange={({ currentTarget }) => hide(currentTarget.checked)}
      />
      {!hidden && (
        <Text size="xs" c="dimmed">
          {say.phonePlace(at + 1, order.length)}
        </Text>
      )}
    </>
  );
}

/** The same question where it can be asked in other ways; for those who may ask with SQL. */
function QueryBuilderLink({ edited: { widget, builder } }: { edited: Edited }) {
  const { choice } = builder;
  if (!useCan('admin') || widget.kind === 'table') return null;
  const search = openInQueryBuilder(widget, choice.period, choice.tenant);
  return (
    <Anchor component={Link} to="/querybuilder" search={search as never} size="sm">
      {say.openQuery}
    </Anchor>
  );
}

interface FieldsProps {
  readonly edited: Edited;
  /** A widget of the library has figures: a text or a heading belongs to its dashboard. */
  readonly kinds?: Kinds;
}

/** Everything that can be said of a widget by itself, wherever it stands. */
export function WidgetFields({ edited, kinds = 'all' }: FieldsProps) {
  return (
    <>
      <Section title={say.sections.what}>
        <KindPicker edited={edited} kinds={kinds} />
        <Words edited={edited} />
      </Section>
      {!asksWords(edited.widget.kind) && (
        <>
          <Section title={say.sections.data}>
            <DataSection edited={edited} />
            <QueryBuilderLink edited={edited} />
          </Section>
          {edited.widget.kind !== 'table' && (
            <Section title={say.sections.time}>
              <TimeSection edited={edited} />
            </Section>
          )}
          <Section title={say.sections.looks}>
            <LooksSection edited={edited} />
          </Section>
        </>
      )}
    </>
  );
}

export function EditorPanel({ id }: { id: string }) {
  const edited = useWidget(id);
  const [, change] = useBuilderSearch();
  const gone = edited === null;
  const { selected } = edited?.builder ?? {};
  useEffect(() => {
    // A widget that was deleted, here or by somebody else, has no editor.
    if (gone) change({ widget: undefined });
    else selected?.set([id]);
  }, [gone, id, change, selected]);
  if (!edited) return null;
  const close = () => {
    change({ widget: undefined });
    reveal(id);
  };
  return (
    <Panel title={say.panel(titleOf(edited.widget))} close={close} closeLabel={say.close}>
      <WidgetFields edited={edited} />
      {edited.widget.library_id && (
        <Section title={words.library.section}>
          <LibrarySection edited={edited} libraryId={edited.widget.library_id} />
        </Section>
      )}
      <Section title={say.sections.phone}>
        <Phone edited={edited} />
      </Section>
    </Panel>
  );
}
