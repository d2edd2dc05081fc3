/**
 * What has been edited and not saved yet, kept by the browser: it outlives a crash, an expired session and a lost network. One entry for each tab,
 * written at every edit and removed once the server has it.
 */

import type { Draft } from './doc.ts';

/** A draft and the version of the server that it began with. */
export interface Entry {
  readonly version: number;
  readonly base: Draft;
  readonly draft: Draft;
  /** When it was written, ms since 1970. */
  readonly at: number;
}

/** Where entries lie. `put` must have kept the text when it returns, as far as the place allows. */
export interface Shelf {
  put(key: string, text: string): void;
  remove(key: string): void;
  /** Keys and texts of all whose key begins so. */
  list(prefix: string): Promise<readonly (readonly [string, string])[]>;
}

export interface Whereabouts {
  readonly org: string;
  readonly environment: string;
  readonly dashboard: string;
}

const FORMAT = 1;

function parse(text: string): Entry | null {
  try {
    const read = JSON.parse(text) as { format?: number; entry?: Entry };
    return read.format === FORMAT && read.entry ? read.entry : null;
  } catch {
    return null;
  }
}

export class Journal {
  private readonly prefix: string;
  private readonly key: string;
  private adopted: string[] = [];

  constructor(
    private readonly shelf: Shelf,
    { org, environment, dashboard }: Whereabouts,
    tab: string,
  ) {
    this.prefix = `emban:draft:${org}:${environment}:${dashboard}:`;
    this.key = this.prefix + tab;
  }

  write(entry: Entry): void {
    this.shelf.put(this.key, JSON.stringify({ format: FORMAT, entry }));
  }

  /** Everything is with the server: this tab's entry goes, and those that `left` returned. */
  clear(): void {
    for (const key of [this.key, ...this.adopted]) this.shelf.remove(key);
    this.adopted = [];
  }

  /** What other tabs, or earlier lives of this one, have left; the oldest first. They stay until `clear`. */
  async left(): Promise<Entry[]> {
    const found = (await this.shelf.list(this.prefix)).filter(([key]) => key !== this.key);
    const read = found.map(([key, text]) => ({ key, entry: parse(text) }));
    // What cannot be read is of no use to anybody: a newer format, say, or half a text.
    for (const { key, entry } of read) if (!entry) this.shelf.remove(key);
    const good = read.flatMap(({ key, entry }) => (entry ? [{ key, entry }] : []));
    this.adopted = good.map(({ key }) => key);
    return good.map(({ entry }) => entry).sort((a, b) => a.at - b.at);
  }
}
