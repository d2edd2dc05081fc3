/** The command palette and the shortcuts that work on every page. */

import { type Shortcut, useShortcuts } from '@emban/kit';
import { useDisclosure } from '@mantine/hooks';
import { createSpotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { words } from '../words/words.ts';
import { PLACES } from './places.tsx';

const [store, palette] = createSpotlight();
const load = () => import('./Palette.tsx');
const Palette = lazy(() => load().then((one) => ({ default: one.Palette })));
/** When the page has come to rest, in milliseconds: what is typed right after Ctrl K must find the palette there. */
const REST_MS = 2000;

const Sheet = lazy(() => import('@emban/kit/palette').then((one) => ({ default: one.ShortcutSheet })));

let wake = (): void => undefined;

/** Opens the palette, which is loaded the first time. */
export function openCommands(): void {
  wake();
  palette.open();
}

export function Commands() {
  const [awake, setAwake] = useState(false);
  const [sheet, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  wake = () => setAwake(true);
  useEffect(() => {
    const timer = setTimeout(() => void load(), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  const { groups, palette: paletteName, shortcuts: sheetName } = words.shell;
  const jumps = PLACES.filter((place) => place.jump).map(
    ({ to, label, jump }): Shortcut => ({
      keys: `g ${jump}`,
      label,
      group: groups.goTo,
      run: () => void navigate({ to } as never),
    }),
  );
  useShortcuts([
    { keys: 'mod+k', label: paletteName, group: groups.general, run: openCommands },
    { keys: '?', label: sheetName, group: groups.general, run: open },
    ...jumps,
  ]);
  return (
    <>
      {sheet && (
        <Suspense>
          <Sheet opened close={close} />
        </Suspense>
      )}
      {awake && (
        <Suspense>
          <Palette store={store} openShortcuts={open} />
        </Suspense>
      )}
    </>
  );
}
