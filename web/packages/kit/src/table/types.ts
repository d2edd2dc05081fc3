/** What a table is told, by its page, and what its parts tell each other. */

import type { Row as TableRow } from '@tanstack/react-table';
import { rowSelectionFeature, tableFeatures } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { Action } from '../menu.tsx';
import type { TableView, ValueColumn } from './view.ts';

/** What of TanStack Table is in use: rows and selection. */
export const features = tableFeatures({ rowSelectionFeature });
export type Features = typeof features;

export interface TableFilter {
  readonly key: string;
  readonly title: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export interface Column<Row> extends ValueColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Whether its head sorts; in a list that is loaded as a whole every column with a `value` does. */
  readonly sortable?: boolean;
  readonly align?: 'start' | 'end';
  /** Width in px or as CSS says it. */
  readonly width?: number | string;
  /** Left out on phones: what the row's own page shows too. */
  readonly wide?: boolean;
}

export interface BulkAction<Row> {
  readonly label: string;
  readonly danger?: boolean;
  readonly run: (rows: Row[]) => void;
}

export interface DataTableProps<Row> {
  /** Names the table: for screen readers, and for its place when one comes back. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while they are loaded for the first time. */
  readonly rows: readonly Row[] | undefined;
  readonly rowId: (row: Row) => string;
  /** What a row is called, in the names of its checkbox and menu. */
  readonly rowName: (row: Row) => string;
  readonly view?: TableView;
  readonly onView?: (view: TableView) => void;
  /** Who sorts and filters: the server, over all pages, or the table, over rows that are all here. */
  readonly by?: 'server' | 'table';
  /** The cursor of the page after this one, where there is one. */
  readonly next?: string | null | undefined;
  readonly filterable?: boolean;
  readonly filters?: readonly TableFilter[];
  readonly onOpen?: (row: Row) => void;
  readonly menu?: (row: Row) => readonly (Action | null | false | undefined)[];
  readonly bulk?: readonly BulkAction<Row>[];
  /** Shown in the place of a table that has nothing in it. */
  readonly empty?: ReactNode;
  readonly error?: unknown;
  readonly retry?: () => void;
  /** Rows of another page or order are on their way: the present ones are dimmed. */
  readonly busy?: boolean;
  /** Width in px under which the table scrolls sideways. */
  readonly minWidth?: number;
}

export interface RowsModel<Row> {
  readonly rows: readonly TableRow<Features, { item: Row }>[];
  readonly selected: Row[];
  readonly all: boolean;
  readonly some: boolean;
  toggleAll(): void;
  clear(): void;
}
