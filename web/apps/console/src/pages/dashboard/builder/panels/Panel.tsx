/** A panel beside the canvas; on narrow screens a drawer over it. */

import { Drawer } from '@emban/kit';
import { CloseButton, Group, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly title: string;
  readonly close: () => void;
  readonly closeLabel: string;
  readonly children: ReactNode;
}

const WIDE = '(min-width: 64em)';

export function Panel({ title, close, closeLabel, children }: Props) {
  const wide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const first =
      panel.current?.querySelector<HTMLElement>('[data-autofocus]') ??
      panel.current?.querySelector<HTMLElement>('input');
    first?.focus({ preventScroll: true });
  }, []);
  if (!wide) {
    return (
      <Drawer opened close={close} title={title}>
        {children}
      </Drawer>
    );
  }
  const leave = (event: KeyboardEvent) => {
    // An open list takes the key for itself.
    const list = (event.target as HTMLElement).closest('[aria-expanded="true"], [role=listbox], [role=dialog]');
    if (event.key !== 'Escape' || event.defaultPrevented || list) return;
    event.preventDefault();
    close();
  };
  return (
    <aside ref={panel} className="builder-panel" aria-label={title} onKeyDown={leave}>
      <Group justify="space-between" wrap="nowrap" className="builder-panel-head">
        <Title order={2} className="builder-panel-title">
          {title}
        </Title>
        <CloseButton aria-label={closeLabel} onClick={close} />
      </Group>
      <div className="builder-panel-body">{children}</div>
    </aside>
  );
}
