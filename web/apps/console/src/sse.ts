/** Reads server-sent events from text that arrives in pieces, as https://html.spec.whatwg.org/multipage/server-sent-events.html says. Pure. */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  /** The id of the last event that had one, this one included. */
  readonly id: string;
}

export class EventReader {
  private rest = '';
  private afterReturn = false;
  private event = '';
  private data: string[] = [];
  private lastId: string;
  /** The id to go on from: of the last block that is whole, which may hold an id and no event. */
  resumeId: string;
  /** How long the server wants to be left alone after a break, in milliseconds; null where it has not said. */
  retryMs: number | null = null;

  constructor(lastId = '') {
    this.lastId = lastId;
    this.resumeId = lastId;
  }

  /** The events that this piece of the stream completes. */
  read(piece: string): ServerEvent[] {
    let text = piece;
    // A line may end in \r\n, and the pieces may part it in between.
    if (this.afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (piece !== '') this.afterReturn = piece.endsWith('\r');
    const lines = (this.rest + text).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): ServerEvent[] {
    if (line === '') return this.end();
    if (line.startsWith(':')) return [];
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.lastId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  private end(): ServerEvent[] {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    this.resumeId = this.lastId;
    return data.length ? [{ event: event || 'message', data: data.join('\n'), id: this.lastId }] : [];
  }
}
