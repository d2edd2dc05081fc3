/** Widgets in a page: plain DOM over `@emban/charts`, shared by the embed page and the console. */

export type { Host } from './body.ts';
export { Card } from './card.ts';
export { type Child, h, type IconName, icon, setVars, uniqueId } from './dom.ts';
export { FILE_FORMATS, fileName, save } from './download.ts';
export type { Chart, Engine } from './engine.ts';
export { placeCards } from './grid.ts';
export { nameClass, nameText } from './name.ts';
export { TableBody } from './table-body.ts';
export { TooltipBox } from './tooltip-box.ts';
