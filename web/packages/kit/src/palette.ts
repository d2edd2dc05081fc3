/** The command palette and the list of shortcuts, apart from the rest: they are loaded when somebody first asks for them. */

export { CommandPalette } from './CommandPalette.tsx';
export type { Command } from './commands.ts';
export { ShortcutSheet } from './ShortcutSheet.tsx';
