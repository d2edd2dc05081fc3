/** A dashboard as a file that another environment or installation can read. Pure. */

import type { Schemas } from '@emban/api/console';

/** The version of the file's form. */
const FORM = 1;

export interface DashboardFile {
  readonly emban_dashboard: typeof FORM;
  readonly name: string;
  readonly config: Schemas['DashboardConfig'];
}

export function fileOf({ name, config }: { name: string; config: unknown }): string {
  const file: DashboardFile = { emban_dashboard: FORM, name, config: config as DashboardFile['config'] };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** A file name that every system takes: "API usage" → `api-usage.dashboard.json`. */
export function fileNameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${plain || 'dashboard'}.dashboard.json`;
}

export type FileProblem = 'not-json' | 'not-a-dashboard' | 'newer' | 'no-name' | 'no-config';

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Reads a file as far as its form goes; what is in the config is for the server to check. */
export function readFile(text: string): DashboardFile | FileProblem {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return 'not-json';
  }
  if (!isObject(read) || typeof read.emban_dashboard !== 'number') return 'not-a-dashboard';
  if (read.emban_dashboard > FORM) return 'newer';
  if (typeof read.name !== 'string' || !read.name.trim()) return 'no-name';
  if (!isObject(read.config)) return 'no-config';
  return { emban_dashboard: FORM, name: read.name.trim(), config: read.config as DashboardFile['config'] };
}
