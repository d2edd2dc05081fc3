/** The page's colours: the viewer's scheme, the dashboard's theme, the host's theme, in this order. On paper they are light. */

import { customProperties, dark, type HostTheme, light, type Theme, withHostTheme } from '@emban/theme';
import { setVars } from '@emban/widgets';

export type Mode = 'auto' | 'light' | 'dark';

export class ThemeControl {
  current: Theme;
  private readonly darkQuery = matchMedia('(prefers-color-scheme: dark)');
  private readonly paper = matchMedia('print');
  private mode: Mode = 'auto';
  private dashboard: HostTheme = {};
  private host: HostTheme = {};

  constructor(private readonly changed: (theme: Theme) => void) {
    this.current = this.preferred();
    this.darkQuery.addEventListener('change', () => this.apply());
    this.paper.addEventListener('change', () => this.apply());
  }

  setDashboard(theme: Readonly<Record<string, string>>): void {
    this.mode = theme.mode === 'light' || theme.mode === 'dark' ? theme.mode : 'auto';
    this.dashboard = theme;
    this.apply();
  }

  setHost(theme: HostTheme): void {
    this.host = { ...this.host, ...theme };
    this.apply();
  }

  private preferred(): Theme {
    const isDark = this.mode === 'auto' ? this.darkQuery.matches : this.mode === 'dark';
    return isDark ? dark : light;
  }

  private apply(): void {
    const preferred = this.preferred();
    const next = this.paper.matches ? light : withHostTheme(preferred, { ...this.dashboard, ...this.host });
    const root = document.documentElement;
    // The style sheet knows the two plain themes; only colours of somebody's own are written onto the page.
    if (next === light || next === dark) for (const [name] of customProperties(next)) root.style.removeProperty(name);
    else setVars(root, Object.fromEntries(customProperties(next)));
    if (this.mode === 'auto' && next === preferred && !this.paper.matches) delete root.dataset.scheme;
    else root.dataset.scheme = next.scheme;
    if (JSON.stringify(next) === JSON.stringify(this.current)) return;
    this.current = next;
    this.changed(next);
  }
}
