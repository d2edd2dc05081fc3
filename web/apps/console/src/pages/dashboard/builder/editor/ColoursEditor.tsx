/** The colour of each value that the widget tells apart. */

import { ColorSwatch, Group, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { words } from '../../../../words/builder-words.ts';
import { useDraft } from '../builder-context.ts';
import { setColour } from '../core/edits.ts';
import { asList } from '../core/question.ts';
import { valuesOf } from '../found.ts';
import { useDrawing } from '../use-drawing.ts';
import type { Edited } from './use-widget.ts';

const say = words.editor;
const MOST_VALUES = 12;

/** Values of the widget's first property: those of its answer, the most frequent ones else. */
function shownValues({ widget, builder }: Edited, property: string): string[] {
  const { answer } = builder.answers.of(widget);
  const points = answer && 'points' in answer ? answer.points : [];
  const seen = [...new Set(points.flatMap(({ group, other }) => (other || !group[0] ? [] : [group[0]])))];
  return (seen.length ? seen : valuesOf(builder.found, property)).filter(Boolean).slice(0, MOST_VALUES);
}

function ValueColour({
  value,
  chosen,
  series,
  choose,
}: {
  readonly value: string;
  readonly chosen: number | undefined;
  readonly series: readonly string[];
  readonly choose: (colour: number | undefined) => void;
}) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const pick = (colour: number | undefined) => {
    choose(colour);
    close();
  };
  return (
    <Popover opened={opened} onClose={close} trapFocus withArrow>
      <Popover.Target>
        <UnstyledButton onClick={toggle} aria-label={say.colourOf(value)} className="builder-colour">
          <ColorSwatch size={18} color={chosen === undefined ? 'transparent' : (series[chosen] ?? 'transparent')} />
          <Text size="sm" truncate>
            {value}
          </Text>
          {chosen === undefined && (
            <Text size="xs" c="dimmed">
              {say.colourAuto}
            </Text>
          )}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Group gap={6}>
          {series.map((colour, at) => (
            <ColorSwatch
              key={colour}
              component="button"
              size={24}
              color={colour}
              aria-label={say.colourNumber(at + 1)}
              aria-pressed={chosen === at}
              onClick={() => pick(at)}
            />
          ))}
          <UnstyledButton onClick={() => pick(undefined)}>
            <Text size="xs">{say.colourAuto}</Text>
          </UnstyledButton>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

export function ColoursEditor({ edited }: { edited: Edited }) {
  const { widget, builder } = edited;
  const draft = useDraft();
  const { theme } = useDrawing(draft);
  const property = asList(widget.query?.group_by)[0];
  const coloured = widget.kind === 'timeseries' || widget.kind === 'breakdown';
  if (!property || !coloured) return null;
  const chosen = draft.colours[property] ?? {};
  const values = [...new Set([...shownValues(edited, property), ...Object.keys(chosen)])];
  const choose = (value: string) => (colour: number | undefined) =>
    builder.store.edit(words.builder.steps.colour(value), (state) => setColour(state, property, value, colour));
  return (
    <Stack gap={4} role="group" aria-label={say.colours}>
      <Text size="sm" fw={600}>
        {say.colours}
      </Text>
      <Text size="xs" c="dimmed">
        {say.coloursHint}
      </Text>
      {values.map((value) => (
        <ValueColour key={value} value={value} chosen={chosen[value]} series={theme.series} choose={choose(value)} />
      ))}
    </Stack>
  );
}
