export * from './colour.ts';
export { type HostTheme, withHostTheme } from './host-theme.ts';
export * from './tokens.ts';
