// biome-ignore-all lint/a11y/useSemanticElements: rows of a table cannot be placed one by one, as those of a virtual one are.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the cell that is active.
/** The rows of an answer, of which those in sight are in the page; cells are chosen with mouse or keys and copied. */

import { Tooltip } from '@mantine/core';
import type { VirtualItem } from '@tanstack/react-virtual';
import type { PointerEvent } from 'react';
import { words } from '../../words/words.ts';
import { cellText, isNumber, type Result } from './cells.ts';
import { isChosen } from './selection.ts';
import './query-grid.css';
import { type Grid, NUMBERS_PX, ROW_PX, useGrid } from './use-grid.ts';

function Handle({ grid, column }: { grid: Grid; column: number }) {
  const onPointerDown = (event: PointerEvent<HTMLSpanElement>) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const [start, width] = [event.clientX, grid.widthOf(column)];
    const target = event.currentTarget;
    const move = (moved: globalThis.PointerEvent) => grid.resize(column, width + moved.clientX - start);
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', () => target.removeEventListener('pointermove', move), { once: true });
  };
  return (
    <span
      className="query-grid-handle"
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onDoubleClick={() => grid.resize(column, 'fit')}
    />
  );
}

function Head({ grid }: { grid: Grid }) {
  return (
    <div className="query-grid-head" role="row" aria-rowindex={1}>
      <div className="query-grid-corner" role="columnheader">
        {words.query.rowNumber}
      </div>
      {grid.columns.getVirtualItems().map(({ index, start, size }) => {
        const column = grid.result.columns[index];
        return (
          <div
            key={index}
            className="query-grid-title"
            role="columnheader"
            aria-colindex={index + 2}
            style={{ insetInlineStart: start, width: size }}
          >
            <Tooltip label={`${column?.name} · ${column?.type}`} openDelay={600}>
              <button type="button" tabIndex={-1} onClick={() => grid.chooseColumn(index)}>
                <b>{column?.name}</b>
                <small>{column?.type}</small>
              </button>
            </Tooltip>
            <Handle grid={grid} column={index} />
          </div>
        );
      })}
    </div>
  );
}

function Cell({ grid, row, item }: { grid: Grid; row: number; item: VirtualItem }) {
  const column = item.index;
  const value = grid.result.rows[row]?.[column];
  const chosen = grid.area !== null && isChosen(grid.area, row, column);
  const focus = grid.choice?.focus;
  const focused = focus?.row === row && focus.column === column;
  const kind = value === null ? ' is-null' : isNumber(grid.result.columns[column]?.type ?? '') ? ' is-number' : '';
  return (
    <div
      id={`cell-${row}-${column}`}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={chosen}
      data-cell={`${row}:${column}`}
      className={`query-grid-cell${kind}${chosen ? ' is-chosen' : ''}${focused ? ' is-focus' : ''}`}
      style={{ insetInlineStart: item.start, width: item.size }}
    >
      {cellText(value)}
    </div>
  );
}

function Row({ grid, item }: { grid: Grid; item: VirtualItem }) {
  return (
    <div
      className="query-grid-row"
      role="row"
      aria-rowindex={item.index + 2}
      style={{ transform: `translateY(${item.start}px)`, height: ROW_PX }}
    >
      <div className="query-grid-number" role="rowheader" style={{ width: NUMBERS_PX }}>
        {item.index + 1}
      </div>
      {grid.columns.getVirtualItems().map((column) => (
        <Cell key={column.index} grid={grid} row={item.index} item={column} />
      ))}
    </div>
  );
}

export function ResultGrid({ grid }: { grid: Grid }) {
  const { result, rows, columns, choice } = grid;
  const active = choice ? `cell-${choice.focus.row}-${choice.focus.column}` : undefined;
  return (
    <div
      className="query-grid"
      ref={grid.scroller}
      role="grid"
      tabIndex={0}
      aria-label={words.query.results}
      aria-rowcount={result.rows.length + 1}
      aria-colcount={result.columns.length + 1}
      aria-multiselectable="true"
      {...(active && { 'aria-activedescendant': active })}
      {...grid.events}
    >
      <div className="query-grid-all" style={{ width: columns.getTotalSize() }}>
        <Head grid={grid} />
        <div role="rowgroup" className="query-grid-rows" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => (
            <Row key={item.index} grid={grid} item={item} />
          ))}
        </div>
      </div>
    </div>
  );
}

export { type Result, useGrid };
