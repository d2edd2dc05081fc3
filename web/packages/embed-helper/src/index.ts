/**
 * Puts an Emban dashboard into a page: an iframe that keeps its height, and messages both ways, to and from Emban's exact origin only.
 *
 *     const embed = mount(document.getElementById('usage'), { embedUrl, onExpiring: async () => embed.setEmbedUrl(await freshUrl()) });
 */

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

/** Colours as `#rgb` or `#rrggbb`. What would not be readable is corrected by the embed. */
export interface EmbedTheme {
  readonly primaryColor?: string;
  readonly backgroundColor?: string;
  readonly cardBackground?: string;
  readonly cardBorder?: string;
  readonly textColor?: string;
  readonly mutedColor?: string;
}

export interface MountOptions {
  /** `embed_url` of an embed session, made by your server for the customer who is signed in. */
  readonly embedUrl: string;
  /** Name of the frame for screen readers; default "Dashboard". */
  readonly title?: string;
  /** Let the frame be as high as its content; default true. */
  readonly autoResize?: boolean;
  readonly onReady?: () => void;
  readonly onResize?: (height: number) => void;
  readonly onFilter?: (filters: EmbedFilters) => void;
  readonly onPeriodChange?: (change: { period: string | null; date_from?: string; date_to?: string }) => void;
  readonly onDrill?: (drill: { widget_id: string; dimension: string; value: string }) => void;
  /** The session ends in so many seconds: get a new `embed_url` from your server and pass it to `setEmbedUrl`. */
  readonly onExpiring?: (seconds: number) => void;
  readonly onError?: (error: { code: string; message: string }) => void;
}

export interface MountedEmbed {
  setFilters(filters: EmbedFilters): void;
  setTheme(theme: EmbedTheme): void;
  /** Ask for fresh figures. */
  reload(): void;
  /** Go on with a new session. For the same dashboard the frame stays as it is: no filter, period or scroll position is lost. */
  setEmbedUrl(embedUrl: string): void;
  destroy(): void;
}

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

function parsed(embedUrl: string): URL {
  return new URL(embedUrl, location.href);
}

function tokenOf(url: URL): string {
  return url.searchParams.get('token') ?? '';
}

function createFrame(options: MountOptions): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = options.title ?? 'Dashboard';
  // The embed learns its host's origin from the Referer, and nothing more than that.
  frame.referrerPolicy = 'origin';
  frame.style.cssText = 'display:block;width:100%;border:0;min-height:320px';
  if (options.autoResize === false) frame.style.height = '100%';
  frame.src = options.embedUrl;
  return frame;
}

class Embed implements MountedEmbed {
  private readonly frame: HTMLIFrameElement;
  private url: URL;
  private ready = false;
  /** The newest message of each kind, for a frame that was not listening yet or has been loaded again. */
  private readonly kept = new Map<string, Message>();
  private readonly listener = (event: MessageEvent) => this.receive(event);

  constructor(
    element: HTMLElement,
    private readonly options: MountOptions,
  ) {
    this.url = parsed(options.embedUrl);
    this.frame = createFrame(options);
    addEventListener('message', this.listener);
    element.append(this.frame);
  }

  setFilters(filters: EmbedFilters): void {
    this.keep({ type: 'setFilters', filters });
  }

  setTheme(theme: EmbedTheme): void {
    this.keep({ type: 'setTheme', theme });
  }

  reload(): void {
    this.send({ type: 'reload' });
  }

  setEmbedUrl(embedUrl: string): void {
    const next = parsed(embedUrl);
    const same = next.origin === this.url.origin && next.pathname === this.url.pathname;
    this.url = next;
    if (same && this.ready) {
      this.send({ type: 'setToken', token: tokenOf(next) });
      return;
    }
    this.ready = false;
    this.frame.src = embedUrl;
  }

  destroy(): void {
    removeEventListener('message', this.listener);
    this.frame.remove();
  }

  private keep(message: Message): void {
    this.kept.set(message.type, message);
    if (this.ready) this.send(message);
  }

  private send(message: Message): void {
    this.frame.contentWindow?.postMessage({ _emban: true, ...message }, this.url.origin);
  }

  private receive(event: MessageEvent): void {
    if (event.source !== this.frame.contentWindow || event.origin !== this.url.origin) return;
    const data = event.data as Message & { _emban?: unknown };
    if (data?._emban !== true || typeof data.type !== 'string') return;
    this.handle(data);
  }

  private handle(data: Message): void {
    const { options } = this;
    switch (data.type) {
      case 'ready':
        this.ready = true;
        this.send({ type: 'hello' });
        for (const message of this.kept.values()) this.send(message);
        options.onReady?.();
        break;
      case 'resize':
        this.resize(data.height);
        break;
      case 'filter':
        options.onFilter?.(data.filters as EmbedFilters);
        break;
      case 'period-change':
        options.onPeriodChange?.(strip(data));
        break;
      case 'drill':
        options.onDrill?.(strip(data));
        break;
      case 'expiring':
        options.onExpiring?.(Number(data.seconds));
        break;
      case 'error':
        this.failed(strip(data));
        break;
    }
  }

  private resize(height: unknown): void {
    if (typeof height !== 'number' || !(height > 0)) return;
    if (this.options.autoResize !== false) this.frame.style.height = `${Math.ceil(height)}px`;
    this.options.onResize?.(height);
  }

  /** A browser that restores the page reloads the frame without its token: it is given again before anybody notices. */
  private failed(error: { code: string; message: string }): void {
    const token = tokenOf(this.url);
    if (error.code === 'token_missing' && token) this.send({ type: 'setToken', token });
    else this.options.onError?.(error);
  }
}

/** The message without its envelope. */
function strip<T>(data: Message): T {
  const { type: _type, _emban: _mark, ...content } = data as Message & { _emban?: unknown };
  return content as T;
}

/** Put the dashboard of an embed session into an element. */
export function mount(element: HTMLElement, options: MountOptions): MountedEmbed {
  return new Embed(element, options);
}
