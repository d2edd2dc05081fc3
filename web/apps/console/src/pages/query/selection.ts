/** Choosing cells of a grid with mouse and keyboard. Pure. */

import type { Area } from './cells.ts';

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** From where a choice was begun to where it goes; the latter is the cell that has the focus. */
export interface Choice {
  readonly anchor: CellPlace;
  readonly focus: CellPlace;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows of a page. */
  readonly page: number;
}

export interface GridKey {
  readonly key: string;
  readonly shift: boolean;
  readonly mod: boolean;
}

export function areaOfChoice({ anchor, focus }: Choice): Area {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

export function isChosen({ top, bottom, left, right }: Area, row: number, column: number): boolean {
  return row >= top && row <= bottom && column >= left && column <= right;
}

function moved({ row, column }: CellPlace, { key, mod }: GridKey, size: GridSize): CellPlace | null {
  switch (key) {
    case 'ArrowUp':
      return { row: mod ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: mod ? size.rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: mod ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: mod ? size.columns - 1 : column + 1 };
    case 'PageUp':
      return { row: row - size.page, column };
    case 'PageDown':
      return { row: row + size.page, column };
    case 'Home':
      return { row: mod ? 0 : row, column: 0 };
    case 'End':
      return { row: mod ? size.rows - 1 : row, column: size.columns - 1 };
    default:
      return null;
  }
}

/** The choice after a key; null for a key that does not choose. */
export function choiceAfter(choice: Choice | null, press: GridKey, size: GridSize): Choice | null {
  if (press.mod && press.key.toLowerCase() === 'a') {
    return { anchor: { row: 0, column: 0 }, focus: { row: size.rows - 1, column: size.columns - 1 } };
  }
  const from = choice?.focus ?? { row: 0, column: 0 };
  const to = moved(from, press, size);
  if (!to) return null;
  const focus = choice
    ? {
        row: Math.min(size.rows - 1, Math.max(0, to.row)),
        column: Math.min(size.columns - 1, Math.max(0, to.column)),
      }
    : from;
  return { anchor: press.shift && choice ? choice.anchor : focus, focus };
}
