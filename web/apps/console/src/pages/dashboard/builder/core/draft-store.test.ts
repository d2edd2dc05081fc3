import { ApiFailure } from '@emban/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Draft, same } from './doc.ts';
import { type Channel, DraftStore, type News, type Saved } from './draft-store.ts';
import { patch } from './edits.ts';
import { Journal, type Shelf } from './journal.ts';
import { draftOf } from './samples.ts';

/** A server of one dashboard, as far as versions go. */
class Server {
  saved: Saved = { version: 1, draft: draftOf('ab') };
  trouble: unknown = null;
  delay = 10;
  writes = 0;

  readonly load = async (): Promise<Saved> => {
    await this.wait();
    return structuredClone(this.saved);
  };

  readonly save = async (draft: Draft, version: number): Promise<Saved> => {
    await this.wait();
    if (this.trouble) throw this.trouble;
    if (version !== this.saved.version) throw new ApiFailure(409, 'version_conflict', 'newer');
    this.writes += 1;
    this.saved = { version: version + 1, draft: structuredClone(draft) };
    return structuredClone(this.saved);
  };

  private wait(): Promise<void> {
    return new Promise((done) => setTimeout(done, this.delay));
  }
}

class Memory implements Shelf {
  readonly texts = new Map<string, string>();
  put(key: string, text: string) {
    this.texts.set(key, text);
  }
  remove(key: string) {
    this.texts.delete(key);
  }
  async list(prefix: string) {
    return [...this.texts].filter(([key]) => key.startsWith(prefix));
  }
}

/** One person's browser: tabs that hear one another, and a shelf that they share. */
class Browser {
  readonly shelf = new Memory();
  private readonly ears = new Map<string, (news: News) => void>();
  private tabs = 0;

  open(server: Server, saved = structuredClone(server.saved)): DraftStore {
    this.tabs += 1;
    const tab = `tab${this.tabs}`;
    const channel: Channel = {
      tell: (news) => {
        for (const [other, ear] of this.ears) if (other !== tab) setTimeout(() => ear(structuredClone(news)), 1);
      },
      listen: (ear) => {
        this.ears.set(tab, ear);
        return () => this.ears.delete(tab);
      },
    };
    const journal = new Journal(this.shelf, { org: 'o', environment: 'prod', dashboard: 'd' }, tab);
    return new DraftStore(saved, { ...server, journal, channel, signedOut: () => undefined, now: () => Date.now() });
  }
}

const titled = (id: string, title: string) => (draft: Draft) => patch(draft, id, { title });
const title = (draft: Draft, id: string) => draft.widgets.find((widget) => widget.id === id)?.title;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('saving', () => {
  it('happens within a second of an edit, and says so', async () => {
    const server = new Server();
    const store = new Browser().open(server);
    store.edit('edit A', titled('a', 'New'));
    expect(store.get().save.kind).toBe('waiting');
    await vi.advanceTimersByTimeAsync(605);
    expect(store.get().save.kind).toBe('saving');
    await vi.advanceTimersByTimeAsync(300);
    expect(store.get().save.kind).toBe('saved');
    expect(title(server.saved.draft, 'a')).toBe('New');
  });

  it('goes on while somebody types, and ends with the last letter', async () => {
    const server = new Server();
    server.delay = 250;
    const store = new Browser().open(server);
    for (let n = 0; n < 50; n += 1) {
      store.edit('edit A', titled('a', `T${n}`), 'title');
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect(title(server.saved.draft, 'a')).toBe('T49');
    expect(server.writes).toBeGreaterThan(3);
    expect(store.get().history.past).toHaveLength(1);
  });

  it('is tried again after trouble, at longer and longer intervals', async () => {
    const server = new Server();
    const store = new Browser().open(server);
    server.trouble = new ApiFailure(0, 'offline', 'no');
    store.edit('edit A', titled('a', 'New'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(store.get().save).toMatchObject({ kind: 'retrying' });
    server.trouble = null;
    await vi.advanceTimersByTimeAsync(5000);
    expect(title(server.saved.draft, 'a')).toBe('New');
    expect(store.get().save.kind).toBe('saved');
  });

  it('stops at what the server refuses, until the next edit', async () => {
    const server = new Server();
    const store = new Browser().open(server);
    const fields = [{ path: 'config.widgets[0].title', message: 'too short' }];
    server.trouble = new ApiFailure(400, 'validation_failed', 'no', { details: { fields } });
    store.edit('edit A', titled('a', ''));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.get().save).toMatchObject({ kind: 'refused', fields: { 'config.widgets[0].title': 'too short' } });
    server.trouble = null;
    store.edit('edit A', titled('a', 'Good'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(title(server.saved.draft, 'a')).toBe('Good');
  });
});

describe('two editors', () => {
  it('of different widgets both end with both', async () => {
    const server = new Server();
    const [ann, bob] = [new Browser().open(server), new Browser().open(server)];
    ann.edit('edit A', titled('a', 'Ann'));
    bob.edit('edit B', titled('b', 'Bob'));
    await vi.advanceTimersByTimeAsync(5000);
    void ann.refresh();
    await vi.advanceTimersByTimeAsync(100);
    for (const draft of [server.saved.draft, bob.present])
      expect([title(draft, 'a'), title(draft, 'b')]).toEqual(['Ann', 'Bob']);
  });

  it('of the same widget are asked, and nothing is saved before they have chosen', async () => {
    const server = new Server();
    const [ann, bob] = [new Browser().open(server), new Browser().open(server)];
    ann.edit('edit A', titled('a', 'Ann'));
    await vi.advanceTimersByTimeAsync(1000);
    bob.edit('edit A', titled('a', 'Bob'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(bob.get().save.kind).toBe('conflict');
    expect(title(server.saved.draft, 'a')).toBe('Ann');
    const [conflict] = bob.get().conflicts;
    if (conflict) bob.decide(conflict, 'both');
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.saved.draft.widgets.map((one) => one.title).sort()).toEqual(['Ann', 'B', 'Bob']);
  });

  it('undo their own changes alone', async () => {
    const server = new Server();
    const [ann, bob] = [new Browser().open(server), new Browser().open(server)];
    bob.edit('edit B', titled('b', 'Bob'));
    ann.edit('edit A', titled('a', 'Ann'));
    await vi.advanceTimersByTimeAsync(5000);
    bob.undo();
    await vi.advanceTimersByTimeAsync(5000);
    expect([title(server.saved.draft, 'a'), title(server.saved.draft, 'b')]).toEqual(['Ann', 'B']);
  });
});

describe('one’s own tabs', () => {
  it('save in a storm and lose nothing, without a question', async () => {
    const server = new Server();
    server.delay = 40;
    const browser = new Browser();
    const tabs = [browser.open(server), browser.open(server)] as const;
    for (let n = 0; n < 60; n += 1) {
      tabs[0].edit('edit A', titled('a', `A${n}`));
      tabs[1].edit('edit B', (draft) => patch(titled('b', `B${n}`)(draft), 'a', { unit: `u${n}` }));
      await vi.advanceTimersByTimeAsync(37);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tabs.map((tab) => tab.get().conflicts)).toEqual([[], []]);
    for (const draft of [server.saved.draft, tabs[0].present, tabs[1].present]) {
      expect(draft.widgets.map((one) => [one.title, one.unit])).toEqual([
        ['A59', 'u59'],
        ['B59', undefined],
      ]);
    }
    expect(browser.shelf.texts.size).toBe(0);
  });
});

describe('the journal', () => {
  it('gives back an edit of a tab that died at once, byte for byte', async () => {
    const server = new Server();
    const browser = new Browser();
    const text = 'Latency \u2028 "p95" 🦊 \\ é';
    browser.open(server).edit('edit A', titled('a', text));
    // The tab is gone: its timers never ran as far as anybody knows.
    vi.clearAllTimers();
    const again = browser.open(server);
    await again.open();
    expect(title(again.present, 'a')).toBe(text);
    await vi.advanceTimersByTimeAsync(2000);
    expect(title(server.saved.draft, 'a')).toBe(text);
    expect(browser.shelf.texts.size).toBe(0);
  });

  it('is merged with what was saved since, and asks where both changed the same', async () => {
    const server = new Server();
    const browser = new Browser();
    browser.open(server).edit('edit A', titled('a', 'Lost'));
    vi.clearAllTimers();
    server.saved = { version: 7, draft: titled('b', 'Newer')(server.saved.draft) };
    const again = browser.open(server);
    await again.open();
    await vi.advanceTimersByTimeAsync(2000);
    expect([title(server.saved.draft, 'a'), title(server.saved.draft, 'b')]).toEqual(['Lost', 'Newer']);
  });

  it('survives being offline and an ended session', async () => {
    const server = new Server();
    const browser = new Browser();
    const store = browser.open(server);
    server.trouble = new ApiFailure(401, 'unauthorized', 'ended');
    store.edit('edit A', titled('a', 'Kept'));
    await vi.advanceTimersByTimeAsync(3000);
    expect(store.get().save.kind).toBe('signed-out');
    expect(browser.shelf.texts.size).toBe(1);
    server.trouble = null;
    expect(await Promise.race([store.flush(), vi.advanceTimersByTimeAsync(100).then(() => store.isSaved)])).toBe(true);
    expect(browser.shelf.texts.size).toBe(0);
  });

  it('is of one dashboard, one environment and one org', async () => {
    const shelf = new Memory();
    const entry = { version: 1, base: draftOf('a'), draft: draftOf('b'), at: 1 };
    new Journal(shelf, { org: 'o', environment: 'prod', dashboard: 'd' }, 't').write(entry);
    for (const other of [{ org: 'x' }, { environment: 'dev' }, { dashboard: 'dd' }]) {
      const journal = new Journal(shelf, { org: 'o', environment: 'prod', dashboard: 'd', ...other }, 'u');
      expect(await journal.left()).toEqual([]);
    }
    const found = await new Journal(shelf, { org: 'o', environment: 'prod', dashboard: 'd' }, 'u').left();
    expect(same(found, [entry])).toBe(true);
  });
});

it('keeps edits back while something is being published', async () => {
  const server = new Server();
  const store = new Browser().open(server);
  store.hold();
  store.edit('edit A', titled('a', 'Later'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.writes).toBe(0);
  store.release();
  await vi.advanceTimersByTimeAsync(1000);
  expect(title(server.saved.draft, 'a')).toBe('Later');
});
