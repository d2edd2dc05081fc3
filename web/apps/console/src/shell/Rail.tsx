/** The rail: sections of pages in words, which folds to its icons. */

import { ActionIcon, NativeSelect, Text, UnstyledButton } from '@mantine/core';
import { IconBook, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { environmentsQuery, useEnvironmentQuery } from '../queries.ts';
import { useEnvironment } from '../session.ts';
import { words } from '../words/words.ts';
import { Brand } from './Brand.tsx';
import { useSwitchEnvironment } from './environment.ts';
import { Person } from './Person.tsx';
import { type Place, SECTIONS, type Section } from './places.tsx';

function EnvironmentSwitch() {
  const environment = useEnvironment();
  const change = useSwitchEnvironment();
  const { data } = useEnvironmentQuery(environmentsQuery);
  const names = data?.items.map((one) => one.name) ?? [environment];
  return (
    <NativeSelect
      aria-label={words.shell.environment}
      title={words.shell.environment}
      size="xs"
      data={names}
      value={environment}
      onChange={(event) => change(event.currentTarget.value)}
      className="rail-environment"
    />
  );
}

function RailLink({ place, narrow, close }: { place: Place; narrow: boolean; close: () => void }) {
  const { to, label, Icon, exact = false } = place;
  return (
    <Link
      to={to}
      className="rail-link"
      activeOptions={{ exact, includeSearch: false }}
      onClick={close}
      aria-label={label}
      title={narrow ? label : undefined}
    >
      <Icon size={18} stroke={1.6} aria-hidden="true" />
      <span className="rail-words">{label}</span>
    </Link>
  );
}

function RailSection({ section, narrow, close }: { section: Section; narrow: boolean; close: () => void }) {
  if (section.places.length === 0) return null;
  return (
    <>
      {section.title && (
        <Text className="rail-title" component="div">
          <span className="rail-words">{section.title}</span>
        </Text>
      )}
      {section.places.map((place) => (
        <RailLink key={place.to} place={place} narrow={narrow} close={close} />
      ))}
    </>
  );
}

interface Props {
  readonly narrow: boolean;
  readonly fold: () => void;
  readonly search: () => void;
  /** On a phone: away with the rail, which lies over the page. */
  readonly close: () => void;
}

function Top({ narrow, fold, search }: Pick<Props, 'narrow' | 'fold' | 'search'>) {
  const { collapse, expand, search: find } = words.shell;
  const folding = narrow ? expand : collapse;
  const Icon = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <>
      <div className="rail-top">
        <Link to="/" className="brand" aria-label="Emban">
          <Brand />
        </Link>
        <ActionIcon variant="subtle" color="gray" onClick={fold} aria-label={folding} title={folding}>
          <Icon size={18} stroke={1.6} />
        </ActionIcon>
      </div>
      <UnstyledButton className="rail-search" onClick={search} aria-label={narrow ? find : undefined} title={find}>
        <IconSearch size={16} stroke={1.6} aria-hidden="true" />
        <span className="rail-words">{find}</span>
        <kbd className="rail-words">Ctrl K</kbd>
      </UnstyledButton>
    </>
  );
}

export function Rail({ narrow, fold, search, close }: Props) {
  return (
    <div className="rail" data-narrow={narrow || undefined}>
      <Top narrow={narrow} fold={fold} search={search} />
      <EnvironmentSwitch />
      {SECTIONS.map((section) => (
        <RailSection key={section.title ?? ''} section={section} narrow={narrow} close={close} />
      ))}
      <a className="rail-link" href="/docs" target="_blank" rel="noreferrer" aria-label={words.shell.reference}>
        <IconBook size={18} stroke={1.6} aria-hidden="true" />
        <span className="rail-words">{words.shell.reference}</span>
      </a>
      <Person narrow={narrow} />
    </div>
  );
}
