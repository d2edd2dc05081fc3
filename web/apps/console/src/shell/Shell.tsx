/** The frame of the console: rail on the left, page on the right, and over it what is asked for from everywhere. */

import { Burger } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useSignInAsked } from '../expiry.ts';
import { useLiveUpdates } from '../live.ts';
import { DEFAULT_ENVIRONMENT, useEnvironment } from '../session.ts';
import { words } from '../words/words.ts';
import { Brand } from './Brand.tsx';
import { Commands, openCommands } from './Commands.tsx';
import { Rail } from './Rail.tsx';

const SignInAgain = lazy(() => import('./SignInAgain.tsx').then((one) => ({ default: one.SignInAgain })));

/** On a phone: the head of the page, with the button that shows the rail. */
function Top({ opened, toggle }: { opened: boolean; toggle: () => void }) {
  return (
    <header className="shell-top">
      <Link to="/" className="brand">
        <Brand />
      </Link>
      <Burger
        opened={opened}
        onClick={toggle}
        size="sm"
        aria-expanded={opened}
        aria-label={opened ? words.shell.closeMenu : words.shell.openMenu}
      />
    </header>
  );
}

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const [folded, setFolded] = useLocalStorage({
    key: 'emban-rail-folded',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const environment = useEnvironment();
  useLiveUpdates(environment);
  const expired = useSignInAsked();
  const narrow = folded && !opened;
  return (
    <div
      className="shell"
      data-environment={environment === DEFAULT_ENVIRONMENT ? undefined : environment}
      data-narrow={narrow || undefined}
    >
      <a className="skip-link" href="#page">
        {words.shell.skip}
      </a>
      <Top opened={opened} toggle={toggle} />
      <nav className="shell-rail" aria-label={words.shell.navigation} data-opened={opened || undefined}>
        <Rail narrow={narrow} fold={() => setFolded(!folded)} search={openCommands} close={close} />
      </nav>
      <main id="page" tabIndex={-1} className="shell-page">
        <Outlet />
      </main>
      <Commands />
      {expired && (
        <Suspense>
          <SignInAgain />
        </Suspense>
      )}
    </div>
  );
}
