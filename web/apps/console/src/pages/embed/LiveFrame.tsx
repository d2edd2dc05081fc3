/** A session in a frame of a chosen width, light or dark, as it is in the host's page. */

import type { Schemas } from '@emban/api/console';
import { type MountedEmbed, mount } from '@emban/embed-helper';
import { EmptyState, Time } from '@emban/kit';
import { Group, SegmentedControl, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import { words as all } from '../../words/words.ts';
import { type FrameScheme, type FrameWidth, useEmbedView, WIDTHS } from './view.ts';

const words = all.embed;

type Minted = Schemas['MintedOut'];

const SCHEMES: readonly { value: FrameScheme; label: string }[] = [
  { value: 'light', label: words.light },
  { value: 'dark', label: words.dark },
];

/** A frame with a session; a new address takes the place of the old one, and another mode is told to the page in it. */
function Frame({ url, tenant, scheme }: { url: string; tenant: string; scheme: FrameScheme }) {
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedEmbed>(null);
  useEffect(() => {
    if (!place.current) return;
    const embed = mount(place.current, { embedUrl: url, title: words.frame(tenant) });
    mounted.current = embed;
    return () => embed.destroy();
  }, [url, tenant]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a frame that was mounted anew has not heard it yet.
  useEffect(() => mounted.current?.setTheme({ mode: scheme }), [scheme, url, tenant]);
  return <div ref={place} />;
}

function Toolbar({ session }: { session: Minted | undefined }) {
  const [view, change] = useEmbedView();
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="xs">
        <SegmentedControl
          aria-label={words.width}
          size="xs"
          data={Object.entries(WIDTHS).map(([value, pixels]) => ({ value, label: words.pixels(pixels) }))}
          value={view.width ?? 'desktop'}
          onChange={(width) => change({ width: width as FrameWidth })}
        />
        <SegmentedControl
          aria-label={words.scheme}
          size="xs"
          data={[...SCHEMES]}
          value={view.scheme ?? 'light'}
          onChange={(scheme) => change({ scheme: scheme as FrameScheme })}
        />
      </Group>
      {session && (
        <Text size="xs" c="dimmed">
          {words.expires} <Time at={session.expires_at} />
        </Text>
      )}
    </Group>
  );
}

/** Its content at a width of its own, made smaller where there is less room. */
function Scaled({ width, children }: { width: number; children: ReactNode }) {
  const { ref: room, width: available } = useElementSize();
  const { ref: content, height } = useElementSize();
  const scale = available ? Math.min(1, available / width) : 1;
  return (
    <div ref={room} style={{ height: Math.ceil(height * scale), overflow: 'hidden' }}>
      <div ref={content} className="scaled" style={{ width, transform: `scale(${scale})` }}>
        {children}
      </div>
    </div>
  );
}

export function LiveFrame({ session, tenant }: { session: Minted | undefined; tenant: string }) {
  const [view] = useEmbedView();
  const width = WIDTHS[view.width ?? 'desktop'];
  return (
    <>
      <Toolbar session={session} />
      <section className="embed-place" style={{ maxWidth: width + 2 }} data-scheme={view.scheme ?? 'light'}>
        {session ? (
          <Scaled width={width}>
            <Frame url={session.embed_url} tenant={tenant} scheme={view.scheme ?? 'light'} />
          </Scaled>
        ) : (
          <EmptyState title={words.nothingOpen}>{words.nothingOpenHelp}</EmptyState>
        )}
      </section>
    </>
  );
}
