/** What the server asks to be drawn: a dashboard's widgets and answers, and the choice that they were answered for. */

import type { Answer, Widget } from '@emban/api/contract';

/** Made by `emban.render.document`; times are RFC 3339 instants. */
export interface RenderDocument {
  readonly name: string;
  /** BCP 47, as somebody wished for it. */
  readonly locale: string;
  /** IANA name. */
  readonly timezone: string;
  /** `7d` and the like; null for a range of the viewer's own. */
  readonly period: string | null;
  readonly generated_at: string;
  readonly as_of: string | null;
  /** Whose figures these are where that has to be said. */
  readonly tenant: string | null;
  readonly filters: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly ranges: readonly { readonly name: string; readonly min: number | null; readonly max: number | null }[];
  /** The dashboard's own colours, as its config has them. */
  readonly theme: Readonly<Record<string, string>>;
  readonly widgets: readonly Widget[];
  readonly answers: Readonly<Record<string, Answer>>;
}

/** Room on a page and how much of long widgets goes onto it; px are those of a screen. */
export interface Paper {
  readonly width: number;
  /** Height that one page has for widgets; null for a picture, which is as high as it has to be. */
  readonly height: number | null;
}
