export * from './colour.ts';
export { type HostTheme, isThemeMode, type ThemeMode, withHostTheme } from './host-theme.ts';
export * from './tokens.ts';
