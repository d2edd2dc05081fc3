/**
 * The helper for React 18 and newer: `<EmbanEmbedFrame embedUrl={…} />`, or `useEmbanEmbed` for an element of one's own.
 *
 * The frame lives as long as the element. Callbacks may be new functions at every render; a new `embedUrl` for the same dashboard renews the
 * session in place.
 */

import { type MountedEmbed, type MountOptions, mount } from '@emban/embed-helper';
import {
  type CSSProperties,
  forwardRef,
  type RefCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { EmbedError, EmbedFilters, EmbedTheme } from './types.ts';

export type * from './types.ts';

export interface EmbanEmbedOptions extends Omit<MountOptions, 'embedUrl'> {
  /** `embed_url` of an embed session; null while your server is being asked for it. */
  readonly embedUrl: string | null | undefined;
  /** Sent to the embed whenever they change by value. */
  readonly filters?: EmbedFilters | undefined;
  readonly theme?: EmbedTheme | undefined;
}

/** What may be asked of the embed at any time; nothing happens while there is none. */
export type EmbanEmbedControls = Omit<MountedEmbed, 'destroy'>;

export interface EmbanEmbed extends EmbanEmbedControls {
  /** For the element that is to hold the frame. */
  readonly ref: RefCallback<HTMLElement>;
  readonly ready: boolean;
  /** The last thing that went wrong since the frame was there; null after a new session. */
  readonly error: EmbedError | null;
}

// On a server there is no layout, and React warns about asking for it.
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** The newest value, for callbacks that outlive a render. */
function useNewest<T>(value: T): { readonly current: T } {
  const newest = useRef(value);
  useEarlyEffect(() => {
    newest.current = value;
  });
  return newest;
}

export function useEmbanEmbed(options: EmbanEmbedOptions): EmbanEmbed {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState<EmbedError | null>(null);
  const newest = useNewest(options);
  const mounted = useRef<MountedEmbed | null>(null);
  const { embedUrl, title = 'Dashboard', autoResize = true, filters, theme } = options;
  const hasUrl = Boolean(embedUrl);

  useEffect(() => {
    const { embedUrl: first, filters: wanted, theme: look } = newest.current;
    if (!element || !hasUrl || !first) return;
    const embed = mount(element, {
      embedUrl: first,
      autoResize,
      onReady: () => {
        setReady(true);
        newest.current.onReady?.();
      },
      onResize: (height) => newest.current.onResize?.(height),
      onFilter: (chosen) => newest.current.onFilter?.(chosen),
      onPeriodChange: (change) => newest.current.onPeriodChange?.(change),
      onDrill: (drill) => newest.current.onDrill?.(drill),
      onExpiring: (seconds) => newest.current.onExpiring?.(seconds),
      onError: (problem) => {
        setError(problem);
        newest.current.onError?.(problem);
      },
    });
    if (wanted) embed.setFilters(wanted);
    if (look) embed.setTheme(look);
    mounted.current = embed;
    return () => {
      mounted.current = null;
      embed.destroy();
      setReady(false);
      setError(null);
    };
  }, [element, hasUrl, autoResize, newest]);

  useEffect(() => {
    const frame = element?.querySelector('iframe');
    if (frame && hasUrl) frame.title = title;
  }, [element, hasUrl, title]);

  useEffect(() => {
    if (!embedUrl) return;
    setError(null);
    mounted.current?.setEmbedUrl(embedUrl);
  }, [embedUrl]);

  useOnChange(filters, (changed) => mounted.current?.setFilters(changed));
  useOnChange(theme, (changed) => mounted.current?.setTheme(changed));

  const controls = useControls(mounted);
  return { ...controls, ref: setElement, ready, error };
}

/** Do something with a value when it is not the one of the last render, by what is in it. */
function useOnChange<T>(value: T | undefined, act: (value: T) => void): void {
  const text = value && JSON.stringify(value);
  const before = useRef(text);
  useEffect(() => {
    if (text !== undefined && text !== before.current) act(JSON.parse(text) as T);
    before.current = text;
  });
}

function useControls(mounted: { readonly current: MountedEmbed | null }): EmbanEmbedControls {
  return useMemo(
    () => ({
      setFilters: (filters) => mounted.current?.setFilters(filters),
      setTheme: (theme) => mounted.current?.setTheme(theme),
      reload: () => mounted.current?.reload(),
      setToken: (token) => mounted.current?.setToken(token),
      setEmbedUrl: (embedUrl) => mounted.current?.setEmbedUrl(embedUrl),
    }),
    [mounted],
  );
}

export interface EmbanEmbedFrameProps extends EmbanEmbedOptions {
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly id?: string;
}

/** A dashboard in a `div`. Its ref has `setFilters`, `setTheme`, `reload`, `setToken` and `setEmbedUrl`. */
export const EmbanEmbedFrame = forwardRef<EmbanEmbedControls, EmbanEmbedFrameProps>((props, ref) => {
  const { ref: place, setFilters, setTheme, reload, setToken, setEmbedUrl } = useEmbanEmbed(props);
  useImperativeHandle(ref, () => ({ setFilters, setTheme, reload, setToken, setEmbedUrl }), [
    setFilters,
    setTheme,
    reload,
    setToken,
    setEmbedUrl,
  ]);
  return <div ref={place} className={props.className} style={props.style} id={props.id} />;
});
EmbanEmbedFrame.displayName = 'EmbanEmbedFrame';
