/** Who is signed in, and in which org; what opens the menu about both. */

import { Text, UnstyledButton, type UnstyledButtonProps } from '@mantine/core';
import { IconSelector, IconUserCircle } from '@tabler/icons-react';
import type { ComponentPropsWithRef } from 'react';
import { useMe } from '../session.ts';

type Props = UnstyledButtonProps & ComponentPropsWithRef<'button'> & { readonly narrow: boolean };

export function PersonButton({ narrow, ...props }: Props) {
  const me = useMe();
  const label = `${me?.org.name ?? ''} ${me?.user?.email ?? ''}`.trim();
  return (
    <UnstyledButton
      {...props}
      {...(narrow ? { 'aria-label': label, title: label } : {})}
      className="rail-link"
      mt="auto"
      aria-haspopup="menu"
    >
      <IconUserCircle size={18} stroke={1.6} aria-hidden="true" />
      <span className="rail-words rail-person">
        <Text size="sm" truncate fw={600} c="var(--emban-text)">
          {me?.org.name ?? '…'}
        </Text>
        <Text size="xs" truncate c="dimmed">
          {me?.user?.email ?? ''}
        </Text>
      </span>
      <IconSelector size={16} aria-hidden="true" className="rail-words" />
    </UnstyledButton>
  );
}
