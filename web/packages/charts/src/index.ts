/**
 * Widgets as pictures: answers of the API in, ECharts options and view models out. Pure: no DOM, no clock, no network, so that the embed
 * page, the console and the reports draw the same thing.
 */

export {
  type BarsPicture,
  type BreakdownRow,
  type BreakdownView,
  barsPicture,
  breakdownView,
  type DonutPicture,
  donutPicture,
  sliceAt,
} from './breakdown.ts';
export { type ColourBook, extendColours, noColours } from './colours.ts';
export type { ChartContext, Size } from './context.ts';
export { formatPercent, formatValue, NO_VALUE } from './format/number.ts';
export { humanise, plain, type Unit, unitOf, unitOfWidget } from './format/unit.ts';
export { type Delta, type KpiFigure, type KpiView, kpiFigures, kpiView } from './kpi.ts';
export { chooseLocale } from './locale.ts';
export { type Name, type NameKind, valueName } from './naming.ts';
export { besideTitle, coveredWindow, errorNote, metaOf, omissionNote, unpairedNote, windowOf } from './notes.ts';
export type { ChartOption, Plot } from './option.ts';
export { rollingName } from './rolling.ts';
export { type Bucket, type Slice, sliceDimension, timeseriesSlice } from './slice.ts';
export { EMPTY_TITLE, FAILED_TITLE, isEmpty, isFailed, NO_FIGURE, sentence } from './states.ts';
export { breakdownSummary, kpiSummary, timeseriesSummary } from './summary.ts';
export {
  breakdownTable,
  kpiTable,
  type TableCell,
  type TableColumn,
  type TableView,
  tableView,
  timeseriesTable,
} from './table.ts';
export { ellipsis, isRightToLeft, textWidth } from './text.ts';
export { bucketName, momentName, timezoneName } from './time/labels.ts';
export { type Days, isPeriod, periodFacts, periodName, readPeriod, wholeDays } from './time/periods.ts';
export { type Clock, clockOf, readLocal, readWindow, type Window, wallOf } from './time/wall.ts';
export { windowLabel } from './time/windows.ts';
export { isTimezone } from './time/zone.ts';
export { type Dot, type LegendItem, type TimeseriesView, timeseriesView } from './timeseries.ts';
export { beforeLabel } from './timeseries-time.ts';
export { breakdownTooltip, type Tooltip, type TooltipRow, timeseriesTooltip, tooltipSentence } from './tooltip.ts';
