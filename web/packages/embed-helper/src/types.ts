/** What a host page gives and gets. The messages behind it are described in docs/reference/embed-messages. */

export interface NumericRange {
  readonly min?: number;
  readonly max?: number;
}

/** What `setFilters` may carry. `dateRanges` are days (`YYYY-MM-DD`), both included, and take the place of `period`. */
export interface EmbedFilters {
  readonly period?: string;
  readonly dimensions?: Readonly<Record<string, string | readonly string[]>>;
  readonly numericRanges?: Readonly<Record<string, NumericRange>>;
  readonly dateRanges?: { readonly from: string; readonly to: string };
}

/** Colours as `#rgb`, `#rrggbb` or `rgb(r, g, b)`. What would not be readable is corrected by the embed. */
export interface EmbedTheme {
  readonly primaryColor?: string;
  readonly backgroundColor?: string;
  readonly cardBackground?: string;
  readonly cardBorder?: string;
  readonly textColor?: string;
  readonly mutedColor?: string;
}

/** A preset such as `7d`; null with the two ends (days, or instants) where the viewer chose dates. */
export interface PeriodChange {
  readonly period: string | null;
  readonly date_from?: string;
  readonly date_to?: string;
}

export interface Drill {
  readonly widget_id: string;
  readonly dimension: string;
  readonly value: string;
}

/** `code` is one of the API's, or `token_missing`, `offline`, `empty`, `page_error`; `message` is for a person. */
export interface EmbedError {
  readonly code: string;
  readonly message: string;
}

/** What the embed tells its host. A callback that is left out costs nothing. */
export interface EmbedCallbacks {
  /** The page in the frame listens. */
  readonly onReady?: () => void;
  /** The content's height in CSS pixels, whenever it changes. */
  readonly onResize?: (height: number) => void;
  readonly onFilter?: (filters: EmbedFilters) => void;
  readonly onPeriodChange?: (change: PeriodChange) => void;
  readonly onDrill?: (drill: Drill) => void;
  /** The session ends in so many seconds: get a new one from your server and pass it to `setToken` or `setEmbedUrl`. */
  readonly onExpiring?: (seconds: number) => void;
  readonly onError?: (error: EmbedError) => void;
}

export interface MountOptions extends EmbedCallbacks {
  /** `embed_url` of an embed session, made by your server for the customer who is signed in. */
  readonly embedUrl: string;
  /** Name of the frame for screen readers; default "Dashboard". */
  readonly title?: string;
  /** Let the frame be as high as its content; default true. */
  readonly autoResize?: boolean;
}

export interface MountedEmbed {
  setFilters(filters: EmbedFilters): void;
  setTheme(theme: EmbedTheme): void;
  /** Ask for fresh figures. */
  reload(): void;
  /** Go on with a new session's token for the same dashboard: no filter, period or scroll position is lost. */
  setToken(token: string): void;
  /** The same with the new session's `embed_url`. For another dashboard the frame is loaded anew. */
  setEmbedUrl(embedUrl: string): void;
  /** Remove the frame and every listener. The other methods do nothing from then on. */
  destroy(): void;
}
