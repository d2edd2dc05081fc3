/** Files for the viewer's disk. */

import type { ExportFormat } from '@emban/api/contract';

/** The files that figures can be had as, in words. */
export const FILE_FORMATS: readonly (readonly [ExportFormat, string])[] = [
  ['csv', 'CSV, for a spreadsheet'],
  ['pdf', 'PDF, to print or send'],
  ['png', 'PNG, a picture'],
];

/** Names on every system: no separators, nothing that cannot be seen, not too long. */
export function fileName(extension: string, ...parts: readonly string[]): string {
  const cleaned = parts.map((part) => part.replace(/[\p{C}/\\:*?"<>|]+/gu, ' ').trim()).filter(Boolean);
  return `${cleaned.join(' - ').slice(0, 120).trim() || 'export'}.${extension}`;
}

export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of the content by the next turn of its loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
