/**
 * Building DOM without markup strings: nothing that came over the network is ever parsed as HTML, and no style attribute is written in
 * markup, so the pages run under a strict Content-Security-Policy and Trusted Types.
 */

export type Child = Node | string | null | undefined | false;

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

function apply(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** An element with attributes, `on…` listeners and children. Absent and false attributes and children are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, attributes);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** Set custom properties through CSSOM, which the Content-Security-Policy allows where `style="…"` is refused. */
export function setVars(element: HTMLElement, vars: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(vars)) element.style.setProperty(name, String(value));
}

const PATHS = {
  table: 'M2 3.5h12v9H2zM2 6.5h12M2 9.5h12M6.5 6.5v6',
  chart: 'M2 13.5h12M4 11V7.5M8 11V3.5M12 11V6',
  download: 'M8 2.5v7.5M5 7.5L8 10.5 11 7.5M2.5 13.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3.5 8.5l3 3 6-7',
  chevron: 'M4 6l4 4 4-4',
  reload: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5v3h-3',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5v3M10.5 2.5v3',
  filter: 'M2 4h12M4.5 8h7M7 12h2',
  up: 'M8 12.5v-9M4.5 7L8 3.5 11.5 7',
  down: 'M8 3.5v9M4.5 9L8 12.5 11.5 9',
  warning: 'M8 2.5l6 11H2zM8 7v3M8 11.8v.2',
  clock: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3l2 1.5',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

/** A 16 px line icon in the text's colour, hidden from screen readers: the words beside it say the same. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  apply(svg, {
    viewBox: '0 0 16 16',
    width: 16,
    height: 16,
    'aria-hidden': 'true',
    class: 'ew-icon',
    focusable: 'false',
  });
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

let counter = 0;

/** An id that no other element of the page has. */
export function uniqueId(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter}`;
}
