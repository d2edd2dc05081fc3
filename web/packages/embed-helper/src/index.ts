/**
 * Puts an Emban dashboard into a page: an iframe that keeps its height, and messages both ways, to and from Emban's exact origin only.
 *
 *     const embed = mount(document.getElementById('usage'), { embedUrl, onExpiring: async () => embed.setEmbedUrl(await freshUrl()) });
 */

import type { Drill, EmbedError, EmbedFilters, EmbedTheme, MountedEmbed, MountOptions, PeriodChange } from './types.ts';

export type * from './types.ts';

type Message = Readonly<Record<string, unknown>> & { readonly type: string };

function parsed(embedUrl: string): URL {
  const url = new URL(embedUrl, location.href);
  // Messages go to the origin of this address. One without an origin would be a script, or anybody's.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('embedUrl must be http or https');
  return url;
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
  return frame;
}

class Embed implements MountedEmbed {
  private readonly frame: HTMLIFrameElement;
  private url: URL;
  /** The token that the page in the frame has. */
  private given = '';
  private ready = false;
  private destroyed = false;
  /** Whether the newest token came as a whole address, which may be another tenant's; a bare token may only renew. */
  private movesOn = false;
  private filters: EmbedFilters = {};
  /** What the host set, by kind, for a frame that was not listening yet or has been loaded again. */
  private readonly kept = new Map<string, Message>();
  private readonly listener = (event: MessageEvent) => this.receive(event);

  constructor(
    element: HTMLElement,
    private readonly options: MountOptions,
  ) {
    this.url = parsed(options.embedUrl);
    this.frame = createFrame(options);
    this.load();
    addEventListener('message', this.listener);
    element.append(this.frame);
  }

  setFilters(filters: EmbedFilters): void {
    const { period: _, dateRanges: __, ...others } = this.filters;
    // What a message leaves out stays as it is; a period takes the place of days, and the other way round.
    this.filters = filters.period || filters.dateRanges ? { ...others, ...filters } : { ...this.filters, ...filters };
    this.kept.set('setFilters', { type: 'setFilters', filters: this.filters });
    this.send({ type: 'setFilters', filters });
  }

  setTheme(theme: EmbedTheme): void {
    const message = { type: 'setTheme', theme };
    this.kept.set('setTheme', message);
    this.send(message);
  }

  reload(): void {
    this.send({ type: 'reload' });
  }

  setToken(token: string): void {
    this.url.searchParams.set('token', token);
    this.movesOn = false;
    this.renew();
  }

  setEmbedUrl(embedUrl: string): void {
    if (this.destroyed) return;
    const next = parsed(embedUrl);
    const isSame = next.origin === this.url.origin && next.pathname === this.url.pathname;
    this.url = next;
    this.movesOn = true;
    if (isSame) this.renew();
    else this.load();
  }

  destroy(): void {
    this.destroyed = true;
    this.ready = false;
    removeEventListener('message', this.listener);
    this.frame.remove();
  }

  private load(): void {
    this.ready = false;
    this.given = tokenOf(this.url);
    this.frame.src = this.url.href;
  }

  /** Give the frame the newest token, unless it has it. One that does not listen yet is loaded anew. */
  private renew(): void {
    const token = tokenOf(this.url);
    if (this.destroyed || token === this.given) return;
    if (!this.ready) {
      this.load();
      return;
    }
    this.given = token;
    this.send({ type: 'setToken', token });
  }

  private send(message: Message): void {
    if (this.ready) this.frame.contentWindow?.postMessage({ _emban: true, ...message }, this.url.origin);
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
        this.greet();
        options.onReady?.();
        break;
      case 'resize':
        this.resize(data.height);
        break;
      case 'filter':
        options.onFilter?.(data.filters as EmbedFilters);
        break;
      case 'period-change':
        options.onPeriodChange?.(content<PeriodChange>(data));
        break;
      case 'drill':
        options.onDrill?.(content<Drill>(data));
        break;
      case 'expiring':
        options.onExpiring?.(Number(data.seconds));
        break;
      case 'error':
        this.failed(content<EmbedError>(data));
        break;
    }
  }

  private greet(): void {
    this.ready = true;
    this.send({ type: 'hello' });
    for (const message of this.kept.values()) this.send(message);
  }

  private resize(height: unknown): void {
    if (typeof height !== 'number' || !(height > 0)) return;
    if (this.options.autoResize !== false) {
      // What was reserved while loading must not keep a lower content from shrinking the frame.
      this.frame.style.minHeight = '';
      this.frame.style.height = `${Math.ceil(height)}px`;
    }
    this.options.onResize?.(height);
  }

  /** A browser that restores the page reloads the frame without its token: it is given again before anybody notices. */
  private failed(error: EmbedError): void {
    if (error.code === 'token_missing' && tokenOf(this.url)) {
      this.given = '';
      this.renew();
    } else if (error.code === 'token_mismatch' && this.movesOn) {
      // The page does not turn into another tenant's: that is another page, in the same frame.
      this.load();
    } else this.options.onError?.(error);
  }
}

/** The message without its envelope. */
function content<T>(data: Message): T {
  const { type: _type, _emban: _mark, ...rest } = data as Message & { _emban?: unknown };
  return rest as T;
}

/** Put the dashboard of an embed session into an element. Throws a TypeError for an `embedUrl` that is no address. */
export function mount(element: HTMLElement, options: MountOptions): MountedEmbed {
  return new Embed(element, options);
}
