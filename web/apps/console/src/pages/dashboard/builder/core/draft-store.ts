/**
 * One dashboard's draft while it is edited: its history, what the server has, and the way there. Knows no browser and no React; what it needs of
 * them is passed in.
 */

import { type Draft, newId, same } from './doc.ts';
import * as steps from './history.ts';
import type { Journal } from './journal.ts';
import { apart, type Choice, type Conflict, merge, resolve } from './merge.ts';
import { refusedWith, retryDelay, SAVE_AFTER_MS, type SaveState, verdictOf } from './saving.ts';

/** A draft as the server has it. */
export interface Saved {
  readonly version: number;
  readonly draft: Draft;
}

export type News =
  | { readonly kind: 'saving'; readonly draft: Draft }
  | { readonly kind: 'saved'; readonly saved: Saved };

/** How many drafts of other tabs are remembered, to know them again when the server has them. */
const MOST_ANNOUNCED = 20;

/** What other tabs of the same person are told, and tell. */
export interface Channel {
  /** `saving` goes out before the request: another tab may meet the new version before it hears that it is there. */
  tell(news: News): void;
  listen(heard: (news: News) => void): () => void;
}

export interface Ports {
  /** Store a draft over the version that was read; throws an `ApiFailure` otherwise. */
  save(draft: Draft, version: number): Promise<Saved>;
  load(): Promise<Saved>;
  readonly journal: Pick<Journal, 'write' | 'clear' | 'left'>;
  readonly channel: Channel;
  /** Called when the session has ended. */
  signedOut(): void;
  now(): number;
}

export interface State {
  readonly history: steps.History;
  readonly saved: Saved;
  readonly save: SaveState;
  readonly conflicts: readonly Conflict[];
}

export class DraftStore {
  private state: State;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private announced: readonly Draft[] = [];
  private busy = false;
  private held = false;
  private closed = false;
  private readonly unlisten: () => void;

  constructor(
    saved: Saved,
    private readonly ports: Ports,
  ) {
    this.state = { history: steps.begin(saved.draft), saved, save: { kind: 'saved', at: null }, conflicts: [] };
    this.unlisten = ports.channel.listen((news) => {
      if (news.kind === 'saved') this.receive(news.saved, true);
      else this.announced = [...this.announced, news.draft].slice(-MOST_ANNOUNCED);
    });
  }

  /** Take up what earlier tabs left unsaved. Asks nothing; what somebody else changed too is offered as a conflict. */
  async open(): Promise<void> {
    for (const entry of await this.ports.journal.left()) {
      const merged = merge(entry.base, entry.draft, this.present);
      // In a conflict, `merged` has the side of the journal: it is newer than what the server has.
      this.set({ history: steps.begin(merged.draft), conflicts: [...this.state.conflicts, ...merged.conflicts] });
    }
    if (this.state.conflicts.length) this.set({ save: { kind: 'conflict' } });
    else this.changed();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): State => this.state;

  get present(): Draft {
    return this.state.history.present;
  }

  get isSaved(): boolean {
    return same(this.present, this.state.saved.draft);
  }

  /** Make one change. `group` joins it with the step before where that is of the same group and a moment ago. */
  edit(name: string, change: (draft: Draft) => Draft, group = ''): void {
    const history = steps.record(this.state.history, name, change(this.present), { group, at: this.ports.now() });
    this.become(history);
  }

  undo(): string | null {
    const name = steps.undoName(this.state.history);
    this.become(steps.undo(this.state.history));
    return name;
  }

  redo(): string | null {
    const name = steps.redoName(this.state.history);
    this.become(steps.redo(this.state.history));
    return name;
  }

  /** A newer version is there: somebody else's, or of one's own other tab, whose changes are nobody's surprise. */
  receive(theirs: Saved, own: boolean): void {
    if (this.closed || theirs.version <= this.state.saved.version) return;
    const { draft, conflicts } = merge(this.state.saved.draft, this.present, theirs.draft, { byField: own });
    const from = this.state.saved.draft;
    const history = steps.rebase(
      this.state.history,
      draft,
      (state) => merge(from, state, theirs.draft, { byField: true }).draft,
    );
    this.set({ history, saved: theirs, conflicts: [...this.state.conflicts, ...conflicts] });
    if (conflicts.length) this.set({ save: { kind: 'conflict' } });
    this.changed();
  }

  private receiveUnasked(theirs: Saved): void {
    this.receive(
      theirs,
      this.announced.some((draft) => same(draft, theirs.draft)),
    );
  }

  /** Read what the server has, and merge it if it is newer. */
  async refresh(): Promise<void> {
    try {
      this.receiveUnasked(await this.ports.load());
    } catch {
      // The next save meets the same trouble and says so.
    }
  }

  decide(conflict: Conflict, choice: Choice): void {
    const conflicts = this.state.conflicts.filter((one) => one !== conflict);
    const draft = resolve(this.present, conflict, choice, newId);
    const history = steps.record(this.state.history, 'merge', { ...draft, widgets: apart(draft.widgets) });
    this.set({ history, conflicts });
    if (conflicts.length === 0) this.set({ save: { kind: 'waiting' } });
    this.changed();
  }

  /** Keep edits back from the server, in the journal, until `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.changed();
  }

  /** Save now rather than in a moment; returns whether everything is with the server then. */
  async flush(): Promise<boolean> {
    this.stopTimer();
    await this.run();
    return this.isSaved;
  }

  close(): void {
    void this.flush();
    this.closed = true;
    this.unlisten();
    this.stopTimer();
  }

  private become(history: steps.History): void {
    if (history === this.state.history) return;
    this.set({ history });
    this.changed();
  }

  private set(part: Partial<State>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }

  /** Write the journal, and see to it that the server hears of it in time. */
  private changed(): void {
    const { saved, save } = this.state;
    if (this.isSaved) this.ports.journal.clear();
    else
      this.ports.journal.write({
        version: saved.version,
        base: saved.draft,
        draft: this.present,
        at: this.ports.now(),
      });
    if (save.kind === 'conflict' || this.held || this.busy) return;
    if (this.isSaved) {
      this.stopTimer();
      if (save.kind !== 'saved') this.set({ save: { kind: 'saved', at: this.ports.now() } });
    } else if (this.timer === null || save.kind === 'refused' || save.kind === 'retrying') {
      this.attempt = 0;
      this.set({ save: { kind: 'waiting' } });
      this.later(SAVE_AFTER_MS);
    }
  }

  private later(ms: number): void {
    this.stopTimer();
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.run();
    }, ms);
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private async run(): Promise<void> {
    if (this.busy || this.held || this.closed || this.isSaved || this.state.conflicts.length) return;
    this.busy = true;
    this.set({ save: { kind: 'saving' } });
    const sent = this.present;
    const { version } = this.state.saved;
    this.ports.channel.tell({ kind: 'saving', draft: sent });
    try {
      const saved = await this.ports.save(sent, version);
      this.attempt = 0;
      this.accepted(sent, saved);
    } catch (error) {
      await this.failed(error);
    } finally {
      this.busy = false;
    }
    if (this.state.save.kind === 'saved' || this.present !== sent) this.changed();
  }

  /** The server may have completed what it was sent: that is merged in, and is no step of the history. */
  private accepted(sent: Draft, saved: Saved): void {
    this.ports.channel.tell({ kind: 'saved', saved });
    if (saved.version > this.state.saved.version) {
      const carry = (state: Draft) => merge(sent, state, saved.draft, { byField: true }).draft;
      const history = same(sent, saved.draft)
        ? this.state.history
        : steps.rebase(this.state.history, carry(this.present), carry);
      this.set({ history, saved });
    }
    this.set({ save: { kind: 'saved', at: this.ports.now() } });
  }

  private async failed(error: unknown): Promise<void> {
    const verdict = verdictOf(error);
    if (verdict === 'newer') return this.catchUp();
    if (verdict === 'refused') return this.set({ save: refusedWith(error) });
    this.attempt += 1;
    if (verdict === 'signed-out') {
      this.set({ save: { kind: 'signed-out' } });
      this.ports.signedOut();
    } else {
      this.set({ save: { kind: 'retrying', attempt: this.attempt, error } });
    }
    this.later(retryDelay(this.attempt, Math.random()));
  }

  /** The draft that was saved over is merged, and the result saved at once. */
  private async catchUp(): Promise<void> {
    try {
      this.receiveUnasked(await this.ports.load());
    } catch (error) {
      this.attempt += 1;
      this.set({ save: { kind: 'retrying', attempt: this.attempt, error } });
      this.later(retryDelay(this.attempt, Math.random()));
      return;
    }
    if (this.state.conflicts.length === 0) this.later(0);
  }
}
