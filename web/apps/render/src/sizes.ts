/** Measures of a card in px, as the pages' style sheets have them. */

export const COLUMNS = 12;
export const GAP = 12;
export const ROW = 62;
export const PADDING = 16;
export const HEAD = 24;
/** Between the head and what is below it; figures follow closer. */
export const BELOW_HEAD = 8;
export const NOTE = 24;
export const LINE = 20;
export const LIST_ROW = 36;
export const TABLE_ROW = 30;
export const TABLE_HEAD = 30;
/** On both sides of a cell together. Tables reach into their cards' padding by it, so that their text begins where other text does. */
export const CELL_PADDING = 16;
export const LEGEND_ROW = 26;
export const BAR_ROW = 26;
export const TEXT = 13;
export const SMALL = 12;
export const FIGURE = 28;

/** Width in px of so many columns of a grid. */
export function columnsWidth(columns: number, width: number): number {
  return (columns * (width + GAP)) / COLUMNS - GAP;
}

/** Height in px of so many rows of the grid. */
export function rowsHeight(rows: number): number {
  return rows * (ROW + GAP) - GAP;
}
