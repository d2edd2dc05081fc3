/** The browser's own stores as a shelf: the one that writes at once, and where that is full the one that holds more. */

import { createStore, del, entries, set, type UseStore } from 'idb-keyval';
import type { Shelf } from './journal.ts';

let large: UseStore | null = null;

function largeStore(): UseStore {
  large ??= createStore('emban-journal', 'drafts');
  return large;
}

async function largeEntries(prefix: string): Promise<(readonly [string, string])[]> {
  try {
    const found = await entries<string, string>(largeStore());
    return found.filter(([key]) => key.startsWith(prefix));
  } catch {
    return []; // A private window, say: what cannot be kept cannot be found either.
  }
}

function ignore(): void {
  // The shelf is the second net under the server; where a browser has none, edits are still saved there.
}

export const browserShelf: Shelf = {
  put(key, text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      try {
        localStorage.removeItem(key);
        set(key, text, largeStore()).catch(ignore);
      } catch {
        ignore();
      }
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
      del(key, largeStore()).catch(ignore);
    } catch {
      ignore();
    }
  },
  async list(prefix) {
    let small: (readonly [string, string])[] = [];
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
      small = keys.map((key) => [key, localStorage.getItem(key) ?? ''] as const);
    } catch {
      ignore();
    }
    const known = new Set(small.map(([key]) => key));
    return [...small, ...(await largeEntries(prefix)).filter(([key]) => !known.has(key))];
  },
};
