/** A panel at the side of a page, which stays readable beside it. */

import { Drawer as MantineDrawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { kitWords } from './words.ts';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Stays in sight below what scrolls: the buttons. */
  readonly foot?: ReactNode;
  /** Width in px; on a phone the panel takes all of it. */
  readonly width?: number;
}

export function Drawer({ opened, close, title, children, foot, width = 480 }: Props) {
  return (
    <MantineDrawer
      opened={opened}
      onClose={close}
      title={title}
      position="right"
      size={width}
      overlayProps={{ backgroundOpacity: 0.2 }}
      closeButtonProps={{ 'aria-label': kitWords.close }}
      classNames={{ content: 'kit-drawer', body: 'kit-drawer-body' }}
    >
      <div className="kit-drawer-main">{children}</div>
      {foot && <div className="kit-drawer-foot">{foot}</div>}
    </MantineDrawer>
  );
}
