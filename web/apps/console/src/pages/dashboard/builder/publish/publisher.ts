/**
 * Publishing with ten seconds to think again. The request goes out when they are over, not at once: what customers have seen cannot be unseen, and
 * taking a publication back by publishing the old state would need the draft out of the way meanwhile. Until then the draft that was confirmed is
 * held as it is on the server; edits wait in the journal. Leaving the page is no undoing: the request goes out then.
 */

import type { DraftStore } from '../core/draft-store.ts';

export class Publisher {
  private waiting = false;

  constructor(
    private readonly store: Pick<DraftStore, 'hold' | 'release'>,
    /** Sends the request; with `leaving`, in a way that outlives the page. */
    private readonly send: (leaving: boolean) => Promise<void>,
  ) {}

  begin(): void {
    this.waiting = true;
    this.store.hold();
    window.addEventListener('pagehide', this.leave);
  }

  undo(): void {
    if (this.end()) this.store.release();
  }

  /** Publish now; does nothing where it was undone or done. */
  async now(): Promise<void> {
    if (!this.end()) return;
    try {
      await this.send(false);
    } finally {
      this.store.release();
    }
  }

  readonly leave = (): void => {
    if (!this.end()) return;
    void this.send(true);
    this.store.release();
  };

  private end(): boolean {
    const was = this.waiting;
    this.waiting = false;
    window.removeEventListener('pagehide', this.leave);
    return was;
  }
}
