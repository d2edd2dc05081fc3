/** Widgets in a page: plain DOM over `@emban/charts`, shared by the embed page and the console. */

export type { Host } from './body.ts';
export { Card, windowOf } from './card.ts';
export { type Child, h, type IconName, icon, setVars, uniqueId } from './dom.ts';
export type { Chart, Engine } from './engine.ts';
export { placeCards } from './grid.ts';
export { nameClass, nameText } from './name.ts';
export { sentence } from './states.ts';
export { TableBody } from './table-body.ts';
export { TooltipBox } from './tooltip-box.ts';
