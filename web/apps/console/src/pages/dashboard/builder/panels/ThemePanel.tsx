/** The embed's colours, with a word where one cannot be read on another. */

import { ClosedReason } from '@emban/kit';
import { contrast, dark, light, parseColour, type Rgb } from '@emban/theme';
import { Button, ColorInput, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { billingQuery } from '../../../../queries.ts';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder, useDraft } from '../builder-context.ts';
import type { DraftTheme } from '../core/doc.ts';
import { setPart } from '../core/edits.ts';

const say = words.panels.theme;
const COLOURS = ['primaryColor', 'backgroundColor', 'cardBackground', 'cardBorder', 'textColor', 'mutedColor'] as const;
type ColourName = (typeof COLOURS)[number];
/** WCAG AA, for text. */
const READABLE = 4.5;

/** What each colour has to be told apart from. */
const ON: Partial<Record<ColourName, ColourName>> = {
  primaryColor: 'cardBackground',
  textColor: 'cardBackground',
  mutedColor: 'cardBackground',
};
const USUAL = { cardBackground: 'card', backgroundColor: 'surface' } as const;

/** A hint where a colour is too near to what it stands on; the embed moves it until it can be read. */
function contrastHint(name: ColourName, theme: DraftTheme): string | null {
  const below = ON[name];
  const colour = parseColour(theme[name] ?? '');
  if (!below || !colour) return null;
  const base = theme.mode === 'dark' ? dark : light;
  const ground = parseColour(theme[below] ?? base[USUAL.cardBackground]) as Rgb;
  const ratio = contrast(colour, ground);
  return ratio >= READABLE ? say.contrast(ratio.toFixed(1)) : say.lowContrast(ratio.toFixed(1));
}

/** Why colours are closed: the plan does not have them. Null while that is not known, and where they are open. */
function useClosedBy(): string | null {
  const { environment } = useBuilder();
  const { data } = useQuery(billingQuery(environment));
  const plan = data as unknown as { features?: Record<string, boolean>; plan?: string } | undefined;
  return plan?.features?.custom_theme === false ? say.opens : null;
}

export function ThemePanel() {
  const { store } = useBuilder();
  const { theme } = useDraft();
  const closed = useClosedBy();
  const set = (change: Partial<Record<keyof DraftTheme, unknown>>) =>
    store.edit(words.builder.steps.theme, (state) => setPart(state, 'theme', change), `theme:${Object.keys(change)}`);
  const custom = COLOURS.some((name) => theme[name]);
  return (
    <Stack>
      <div>
        <Text size="sm" fw={500} id="builder-mode">
          {say.mode}
        </Text>
        <SegmentedControl
          aria-labelledby="builder-mode"
          fullWidth
          data={Object.entries(say.modes).map(([value, label]) => ({ value, label }))}
          value={theme.mode ?? 'auto'}
          onChange={(mode) => set({ mode: mode === 'auto' ? undefined : mode })}
        />
      </div>
      {closed && <ClosedReason plan={closed}>{say.closed}</ClosedReason>}
      {COLOURS.map((name) => (
        <ColorInput
          key={name}
          label={say.colours[name]}
          description={contrastHint(name, theme)}
          value={theme[name] ?? ''}
          onChange={(value) => set({ [name]: parseColour(value) ? value : undefined })}
          format="hex"
          placeholder={say.usual}
          disabled={closed !== null}
          eyeDropperButtonProps={{ 'aria-label': say.pick }}
        />
      ))}
      {custom && (
        <Button variant="default" onClick={() => set(Object.fromEntries(COLOURS.map((name) => [name, undefined])))}>
          {say.reset}
        </Button>
      )}
    </Stack>
  );
}
