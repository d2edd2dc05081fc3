/** The person's button, whose menu is loaded when somebody is about to open it. */

import { lazy, Suspense, useState } from 'react';
import { PersonButton } from './PersonButton.tsx';

const load = () => import('./UserMenu.tsx');
const UserMenu = lazy(() => load().then((one) => ({ default: one.UserMenu })));

export function Person({ narrow }: { narrow: boolean }) {
  const [wanted, setWanted] = useState(false);
  if (!wanted) {
    return (
      <PersonButton
        narrow={narrow}
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => setWanted(true)}
        aria-expanded={false}
      />
    );
  }
  return (
    <Suspense fallback={<PersonButton narrow={narrow} />}>
      <UserMenu narrow={narrow} />
    </Suspense>
  );
}
