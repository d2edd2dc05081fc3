/** What is closed to the person who looks, with the reason and who or what opens it. */

import { Alert } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { kitWords } from './words.ts';

interface Props {
  /** The least role that may. */
  readonly needs?: string;
  /** The first plan that has it. */
  readonly plan?: string;
  readonly children?: ReactNode;
}

/** The reason alone, for a tooltip or a closed action of a menu. */
export function closedReason({ needs, plan }: { needs?: string; plan?: string }): string {
  if (needs) return kitWords.closed.role(needs);
  return plan ? kitWords.closed.plan(plan) : '';
}

export function ClosedReason({ children, ...why }: Props) {
  return (
    <Alert variant="outline" color="gray" icon={<IconLock size={18} />}>
      {closedReason(why)} {children}
    </Alert>
  );
}
