/** The same widget, or the same setting, changed by two: both side by side, to choose from. */

import { Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMemo, useSyncExternalStore } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { titleOf, useAnswers, useBuilder, useDraft } from '../builder-context.ts';
import { CardView } from '../canvas/CardView.tsx';
import { difference } from '../core/difference.ts';
import type { Draft, DraftWidget } from '../core/doc.ts';
import type { DraftStore } from '../core/draft-store.ts';
import type { Choice, Conflict, WidgetConflict } from '../core/merge.ts';
import { useColours, useDrawing } from '../use-drawing.ts';

const say = words.builder.conflict;

/** What one side changed, in words. */
function changedParts(base: DraftWidget | null, side: DraftWidget | null): string {
  if (!base || !side) return '';
  const draft = (widget: DraftWidget): Draft => ({
    name: '',
    widgets: [widget],
    filters: {},
    theme: {},
    colours: {},
    rest: {},
  });
  return difference(draft(base), draft(side))
    .map(({ parts }) => parts)
    .join(', ');
}

function Side({ name, widget, base }: { name: string; widget: DraftWidget | null; base: DraftWidget | null }) {
  const answers = useAnswers();
  const draft = useDraft();
  const colours = useColours(draft, answers);
  const drawing = useDrawing(draft);
  return (
    <Stack gap={4}>
      <Title order={3}>{name}</Title>
      <Text size="xs" c="dimmed">
        {changedParts(base, widget)}
      </Text>
      <div className="builder-side" data-kind={widget?.kind}>
        {widget ? (
          <CardView {...{ widget, answers, colours }} base={drawing.base} figures={answers.of(widget)} />
        ) : (
          <Text c="dimmed">{say.deleted}</Text>
        )}
      </div>
    </Stack>
  );
}

function WidgetSides({ conflict }: { conflict: WidgetConflict }) {
  const { answers, choice, store } = useBuilder();
  const { base, mine, theirs } = conflict;
  useMemo(() => {
    const both = [mine, theirs].filter((one) => one !== null);
    answers.want([...store.present.widgets, ...both], choice);
  }, [answers, store, choice, mine, theirs]);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Side name={say.mine} widget={mine} base={base} />
      <Side name={say.theirs} widget={theirs} base={base} />
    </SimpleGrid>
  );
}

const settingText = (value: unknown) => (value === undefined ? say.deleted : JSON.stringify(value));

function Sides({ conflict }: { conflict: Conflict }) {
  if (conflict.kind === 'widget') return <WidgetSides conflict={conflict} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {[
        [say.mine, conflict.mine],
        [say.theirs, conflict.theirs],
      ].map(([name, value]) => (
        <Stack gap={4} key={String(name)}>
          <Title order={3}>{String(name)}</Title>
          <Text size="sm">{settingText(value)}</Text>
        </Stack>
      ))}
    </SimpleGrid>
  );
}

export function ConflictDialog({ store }: { store: DraftStore }) {
  const conflicts = useSyncExternalStore(store.subscribe, () => store.get().conflicts);
  const [conflict] = conflicts;
  if (!conflict) return null;
  const decide = (choice: Choice) => store.decide(conflict, choice);
  const name = conflict.kind === 'widget' ? titleOf(conflict.mine ?? conflict.theirs ?? undefined) : conflict.id;
  const both = conflict.kind === 'widget' && conflict.mine && conflict.theirs;
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} size="xl" title={`${say.title}: ${name}`} centered>
      <Stack>
        <Text size="sm">{say.about}</Text>
        <Sides conflict={conflict} />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {say.left(conflicts.length)}
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={() => decide('theirs')}>
              {say.keepTheirs}
            </Button>
            {both && (
              <Button variant="default" onClick={() => decide('both')}>
                {say.keepBoth}
              </Button>
            )}
            <Button onClick={() => decide('mine')}>{say.keepMine}</Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
