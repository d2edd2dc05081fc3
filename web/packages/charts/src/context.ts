/** What drawing needs beside a widget and its answer. Passed in whole: nothing here reads a clock, a locale or a screen. */

import type { Theme } from '@emban/theme';
import type { ColourBook } from './colours.ts';
import type { Window } from './time/wall.ts';

export interface ChartContext {
  readonly theme: Theme;
  /** BCP 47. */
  readonly locale: string;
  /** Drawn from right to left: time runs to the left, axes stand on the right. */
  readonly rtl?: boolean;
  /** IANA name. */
  readonly timezone: string;
  /** What the answer covers. */
  readonly window: Window;
  /** The present instant, which decides what needs no year or date. */
  readonly now: number;
  /** `7d` and the like; null for a range of the viewer's own. */
  readonly period: string | null;
  readonly colours: ColourBook;
}

/** Room to draw in, px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
