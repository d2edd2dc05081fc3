/** The line to the page that holds the frame. */

import { type Incoming, type Outgoing, readMessage } from './messages.ts';

/** These say nothing about anybody's data, so they may go out before the host's origin is known. */
const HARMLESS: readonly string[] = ['ready', 'resize'];

/** The embedding page's origin as the browser itself reports it; null where it does not. */
function reportedOrigin(page: Window): string | null {
  const [ancestor] = page.location.ancestorOrigins ?? [];
  if (ancestor && ancestor !== 'null') return ancestor;
  try {
    return page.document.referrer ? new URL(page.document.referrer).origin : null;
  } catch {
    return null;
  }
}

export class HostLink {
  private origin: string | null;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly page: Window,
    private readonly received: (message: Incoming) => void,
  ) {
    this.origin = reportedOrigin(page);
    page.addEventListener('message', (event) => this.receive(event));
  }

  /** False in a tab of its own: there is nobody to talk to. */
  get framed(): boolean {
    return this.page.parent !== this.page;
  }

  post<T extends keyof Outgoing>(type: T, content: Outgoing[T]): void {
    if (!this.framed) return;
    const send = () => this.page.parent.postMessage({ _emban: true, type, ...content }, this.origin ?? '*');
    if (this.origin || HARMLESS.includes(type)) send();
    else this.waiting.push(send);
  }

  private receive(event: MessageEvent): void {
    if (event.source !== this.page.parent || !this.framed) return;
    if (this.origin ? event.origin !== this.origin : event.origin === 'null') return;
    const message = readMessage(event.data);
    if (!message) return;
    // The first valid message from the parent settles who the host is.
    this.origin = event.origin;
    for (const send of this.waiting.splice(0)) send();
    this.received(message);
  }
}
