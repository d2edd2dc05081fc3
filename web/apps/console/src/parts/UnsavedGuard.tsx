/** Asks before a page whose changes are not saved is left, by a link, by Back or by closing it. */

import { LeaveDialog } from '@emban/kit';
import { useBlocker } from '@tanstack/react-router';

export function UnsavedGuard({ dirty }: { dirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // The same page with another tab or filter in its address is not left.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: dirty,
    disabled: !dirty,
    withResolver: true,
  });
  return <LeaveDialog opened={status === 'blocked'} stay={() => reset?.()} leave={() => proceed?.()} />;
}
