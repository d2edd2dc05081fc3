/** The parts that every page of the console is made of. */

export { ClosedReason, closedReason } from './ClosedReason.tsx';
export { ConfirmDanger } from './ConfirmDanger.tsx';
export { CodeBlock, CopyField, CopyIcon } from './copy.tsx';
export { Diff } from './Diff.tsx';
export { Drawer } from './Drawer.tsx';
export { type DiffLine, diffLines } from './diff.ts';
export { failureText } from './failure.ts';
export { type ErrorForm, errorsByField, type FieldNames, focusErrors, focusFirst, showErrors } from './forms.ts';
export { LeaveDialog } from './LeaveDialog.tsx';
export { LATE_MS, useLate } from './late.ts';
export { type Action, ActionMenu } from './menu.tsx';
export { EditableTitle, PageHead } from './PageHead.tsx';
export { Progress } from './Progress.tsx';
export { Keys, ShortcutSheet } from './ShortcutSheet.tsx';
export { type Shortcut, useOpenShortcuts, useShortcuts } from './shortcuts.ts';
export { type Asked, EmptyState, Failed, Lines, Loaded } from './states.tsx';
export { Time, useNow } from './Time.tsx';
export { DataTable } from './table/DataTable.tsx';
export type { BulkAction, Column, DataTableProps, TableFilter } from './table/types.ts';
export type { TableView } from './table/view.ts';
export { resolveVariables, theme } from './theme.ts';
export { ago, exactTime } from './time.ts';
export { toasts, UNDO_MS } from './toasts.tsx';
export { kitWords } from './words.ts';
