/** Waiting that is too short to be worth a sign of it gets none. */

import { useEffect, useState } from 'react';

/** How long people take no notice of, in milliseconds. */
export const LATE_MS = 200;

/** True once `waiting` has been true for `ms` without a pause; false at once when it ends. */
export function useLate(waiting: boolean, ms: number = LATE_MS): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), ms);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waiting, ms]);
  return waiting && late;
}
