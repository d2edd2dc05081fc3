/**
 * Figures for the widgets on the screen: one request for all that are not at hand yet, none for those that are. Answers are kept by question and
 * choice, so that going back to a period, or undoing a change, asks nothing.
 */

import { ApiFailure } from '@emban/api';
import type { Answer } from '@emban/api/contract';
import type { DraftWidget } from './doc.ts';
import { type Choice, choiceKey, previewOf, questionOf } from './question.ts';

export type Ask = (
  widgets: readonly ReturnType<typeof previewOf>[],
  choice: Choice,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, Answer>>>;

/** What is known of one widget's figures. */
export interface Figures {
  /** The answer to its question as it is now; null while there is none. */
  readonly answer: Answer | null;
  /** Since when an answer is awaited, ms; null where none is. */
  readonly since: number | null;
  /** Somebody stopped waiting. */
  readonly cancelled: boolean;
}

const NOTHING: Figures = { answer: null, since: null, cancelled: false };
const MOST_KEPT = 400;
/** What one request may ask for. */
const MOST_ASKED = 50;
/** Letters of a changed query come together; one request is enough. */
const GATHER_MS = 150;

interface Batch {
  readonly keys: ReadonlySet<string>;
  readonly stop: AbortController;
}

interface Wanted {
  readonly key: string;
  readonly widget: DraftWidget;
}

export class Answers {
  private readonly figures = new Map<string, Figures>();
  private readonly batches = new Set<Batch>();
  private readonly listeners = new Set<() => void>();
  private wanted: readonly Wanted[] = [];
  private choice: Choice | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private first = true;
  private revision = 0;

  constructor(
    private readonly ask: Ask,
    private readonly now: () => number = Date.now,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes whenever anything here did. */
  readonly version = (): number => this.revision;

  of(widget: DraftWidget): Figures {
    const key = this.keyOf(widget);
    return (key === null ? undefined : this.figures.get(key)) ?? NOTHING;
  }

  /** What is on the screen now. What is no longer there, and still asked for, is stopped. */
  want(widgets: readonly DraftWidget[], choice: Choice): void {
    this.choice = choice;
    this.wanted = widgets.flatMap((widget) => {
      const key = this.keyOf(widget);
      return key === null ? [] : [{ key, widget }];
    });
    const keys = new Set(this.wanted.map(({ key }) => key));
    for (const batch of this.batches) if ([...batch.keys].every((key) => !keys.has(key))) this.drop(batch);
    this.forgetUnsent(keys);
    const missing = this.wanted.filter(({ key }) => this.isMissing(key));
    if (missing.length === 0) return;
    for (const { key } of missing) this.put(key, { answer: null, since: this.now(), cancelled: false });
    this.changed();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.first ? 0 : GATHER_MS);
    this.first = false;
  }

  /** Ask again for one widget, or for all. */
  again(widget?: DraftWidget): void {
    const key = widget ? this.keyOf(widget) : null;
    if (key !== null) this.figures.delete(key);
    else if (!widget) this.figures.clear();
    if (this.choice)
      this.want(
        this.wanted.map((one) => one.widget),
        this.choice,
      );
  }

  /** Stop the statement of one widget; others of the same request are asked for again. */
  cancel(widget: DraftWidget): void {
    const key = this.keyOf(widget);
    if (key === null) return;
    const batch = [...this.batches].find(({ keys }) => keys.has(key));
    if (batch) this.drop(batch);
    this.put(key, { answer: null, since: null, cancelled: true });
    this.changed();
    if (this.choice)
      this.want(
        this.wanted.map((one) => one.widget),
        this.choice,
      );
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const batch of this.batches) batch.stop.abort();
    this.batches.clear();
  }

  private keyOf(widget: DraftWidget): string | null {
    const question = questionOf(widget);
    return question === null || !this.choice ? null : `${choiceKey(this.choice)} ${question}`;
  }

  private isMissing(key: string): boolean {
    const known = this.figures.get(key);
    return !known || (known.answer === null && known.since === null && !known.cancelled);
  }

  /** What was about to be asked and is not wanted any more was never asked. */
  private forgetUnsent(wanted: ReadonlySet<string>): void {
    const asked = new Set([...this.batches].flatMap(({ keys }) => [...keys]));
    for (const [key, { since }] of this.figures) {
      if (since !== null && !wanted.has(key) && !asked.has(key)) this.figures.delete(key);
    }
  }

  private put(key: string, figures: Figures): void {
    this.figures.delete(key);
    this.figures.set(key, figures);
    if (this.figures.size <= MOST_KEPT) return;
    const inUse = new Set(this.wanted.map((one) => one.key));
    for (const [old] of this.figures) if (!inUse.has(old) && this.figures.size > MOST_KEPT) this.figures.delete(old);
  }

  private changed(): void {
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }

  private drop(batch: Batch): void {
    batch.stop.abort();
    this.batches.delete(batch);
    for (const key of batch.keys) if (this.figures.get(key)?.answer === null) this.figures.delete(key);
  }

  private send(): void {
    this.timer = null;
    const asked = new Set([...this.batches].flatMap(({ keys }) => [...keys]));
    const open = new Map<string, DraftWidget>();
    for (const { key, widget } of this.wanted) {
      const known = this.figures.get(key);
      if (known?.answer === null && known.since !== null && !asked.has(key)) open.set(key, widget);
    }
    const entries = [...open];
    for (let at = 0; at < entries.length; at += MOST_ASKED) void this.request(entries.slice(at, at + MOST_ASKED));
  }

  private async request(entries: readonly (readonly [string, DraftWidget])[]): Promise<void> {
    const { choice } = this;
    if (!choice || entries.length === 0) return;
    const batch: Batch = { keys: new Set(entries.map(([key]) => key)), stop: new AbortController() };
    this.batches.add(batch);
    const previews = entries.map(([, widget], index) => previewOf(widget, `q${index}`));
    try {
      const answers = await this.ask(previews, choice, batch.stop.signal);
      if (batch.stop.signal.aborted) return;
      entries.forEach(([key], index) => {
        const answer = answers[`q${index}`] ?? { error: 'the server sent no answer', code: 'bad_answer' };
        this.put(key, { answer, since: null, cancelled: false });
      });
      this.batches.delete(batch);
    } catch (error) {
      if (batch.stop.signal.aborted) return;
      this.batches.delete(batch);
      this.failed(entries, error);
    }
    this.changed();
  }

  /** A request that is refused for some of its widgets says for which; the others are asked for again, without them. */
  private failed(entries: readonly (readonly [string, DraftWidget])[], error: unknown): void {
    const wrong = wrongPreviews(error);
    entries.forEach(([key], index) => {
      const own = wrong.get(index);
      if (own || wrong.size === 0) this.put(key, { answer: failure(error, own), since: null, cancelled: false });
    });
    if (wrong.size > 0) void this.request(entries.filter((_, index) => !wrong.has(index)));
  }
}

function failure(error: unknown, own: string | undefined): Answer {
  if (own !== undefined) return { error: own, code: 'invalid_request' };
  if (error instanceof ApiFailure) return { error: error.message, code: error.code };
  return { error: 'something went wrong in this page', code: 'page' };
}

const PREVIEW = /^preview\[(\d+)\]\.?(.*)$/;

/** By the place of a widget in the request: what is wrong with it. */
export function wrongPreviews(error: unknown): ReadonlyMap<number, string> {
  const wrong = new Map<number, string>();
  if (!(error instanceof ApiFailure) || error.status !== 400 || !Array.isArray(error.details.fields)) return wrong;
  for (const { path, message } of error.details.fields as { path?: string; message?: string }[]) {
    const found = PREVIEW.exec(path ?? '');
    if (found?.[1] === undefined) continue;
    const index = Number(found[1]);
    const text = `${found[2]?.replace(/^query\./, '')}: ${message ?? ''}`;
    wrong.set(index, [wrong.get(index), text].filter(Boolean).join('; '));
  }
  return wrong;
}
