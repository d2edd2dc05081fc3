/** What a card of a report holds: finished words, figures and drawings, with nothing left to decide but how they are set. */

import type { Delta, NameKind } from '@emban/charts';

/** Text and whether it is a name that is no value (in italics). */
export interface Words {
  readonly text: string;
  readonly apart: boolean;
}

export interface Legend {
  readonly name: Words;
  readonly colour: string;
  readonly dashed: boolean;
}

export interface Change {
  readonly text: string;
  readonly tone: Delta['tone'];
  readonly versus: string;
}

export interface Figure {
  readonly title: string;
  readonly text: string;
  /** Px at which the figure fits into its card. */
  readonly size: number;
  readonly word: string;
  readonly change: Change | null;
}

export interface Row {
  readonly name: Words;
  readonly text: string;
  readonly share: string;
  readonly length: number;
  readonly colour: string;
}

export interface Column {
  readonly title: Words;
  readonly numeric: boolean;
  /** Px. */
  readonly width: number;
}

/** A text of a drawing: `x` is its start, middle or end, as `anchor` says, `y` its baseline. */
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: string;
  readonly size: number;
  readonly colour: string;
  readonly apart: boolean;
}

export interface Drawing {
  readonly svg: string;
  readonly labels: readonly Label[];
  readonly width: number;
  readonly height: number;
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Words[])[];
  /** Of 13 px: smaller where there are many columns. */
  readonly size: number;
}

export type Body =
  | ({ readonly kind: 'chart'; readonly legend: readonly Legend[] } & Drawing)
  | ({
      readonly kind: 'donut';
      /** The ring stands above its legend, not beside it. */
      readonly above: boolean;
      readonly total: string;
      readonly totalSize: number;
      readonly rows: readonly Row[];
    } & Drawing)
  | { readonly kind: 'list'; readonly rows: readonly Row[] }
  | {
      readonly kind: 'figure';
      readonly figure: Figure;
      readonly progress: { readonly ratio: number; readonly text: string; readonly of: string } | null;
      readonly missing: string;
    }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[]; readonly versus: string }
  | Table
  | { readonly kind: 'state'; readonly failed: boolean; readonly title: string; readonly text: string };

export interface CardView {
  readonly id: string;
  readonly title: string;
  /** Height of the title, px. */
  readonly head: number;
  /** Titles of figures are small and muted, as on the page. */
  readonly quiet: boolean;
  readonly beside: string;
  /** The body in sentences, for people who do not see it. */
  readonly alt: string;
  readonly note: string;
  readonly body: Body;
}

export const words = (text: string, kind: NameKind = 'value'): Words => ({ text, apart: kind !== 'value' });
