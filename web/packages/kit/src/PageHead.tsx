/** The top of a page: where it is, its title (which may be renamed in place), its one primary action, and the "…" menu. */

import { ActionIcon, Breadcrumbs, Group, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { Fragment, type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from 'react';
import type { Action } from './menu.tsx';
import { kitWords } from './words.ts';

/** Most pages have no menu, and none needs it before it is drawn. */
const ActionMenu = lazy(() => import('./menu.tsx').then((one) => ({ default: one.ActionMenu })));

interface Props {
  readonly title: string;
  readonly about?: ReactNode;
  /** Links to the pages above this one, the highest first. */
  readonly crumbs?: readonly ReactNode[];
  /** Renaming in place; absent where the title is fixed or the person may not. */
  readonly onRename?: ((name: string) => void) | undefined;
  /** The one primary action; never one that takes something away. */
  readonly primary?: ReactNode;
  readonly menu?: readonly (Action | null | false | undefined)[];
  /** What stands before the primary action: secondary buttons, a status. */
  readonly children?: ReactNode;
}

function NameInput({ title, done }: { title: string; done: (name: string | null) => void }) {
  const [name, setName] = useState(title);
  const finish = () => done(name.trim() && name.trim() !== title ? name.trim() : null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') finish();
    if (event.key === 'Escape') done(null);
    if (event.key === 'Enter' || event.key === 'Escape') event.stopPropagation();
  };
  return (
    <TextInput
      aria-label={kitWords.rename}
      value={name}
      maxLength={200}
      autoFocus
      classNames={{ input: 'kit-title-input' }}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setName(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={finish}
    />
  );
}

export function EditableTitle({ title, onRename }: { title: string; onRename?: ((name: string) => void) | undefined }) {
  const [editing, setEditing] = useState(false);
  if (!onRename) return <Title order={1}>{title}</Title>;
  const done = (name: string | null) => {
    setEditing(false);
    if (name !== null) onRename(name);
  };
  if (editing) return <NameInput title={title} done={done} />;
  return (
    <Group gap={4} wrap="nowrap" className="kit-title">
      <Title order={1} onClick={() => setEditing(true)}>
        {title}
      </Title>
      <ActionIcon
        variant="subtle"
        color="gray"
        onClick={() => setEditing(true)}
        aria-label={kitWords.rename}
        title={kitWords.rename}
      >
        <IconPencil size={16} />
      </ActionIcon>
    </Group>
  );
}

export function PageHead({ title, about, crumbs, onRename, primary, menu = [], children }: Props) {
  useDocumentTitle(`${title} · Emban`);
  return (
    <div className="kit-page-head">
      <div className="kit-page-head-words">
        {crumbs && crumbs.length > 0 && (
          <Breadcrumbs separator="/" className="kit-crumbs">
            {crumbs.map((crumb, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the place in the path is what a crumb is.
              <Fragment key={at}>{crumb}</Fragment>
            ))}
          </Breadcrumbs>
        )}
        <EditableTitle title={title} onRename={onRename} />
        {about && (
          <Text size="sm" c="dimmed" component="div">
            {about}
          </Text>
        )}
      </div>
      <Group gap="xs" className="kit-page-head-actions">
        {children}
        {primary}
        {menu.some(Boolean) && (
          <Suspense fallback={<span className="kit-menu-place" />}>
            <ActionMenu actions={menu} />
          </Suspense>
        )}
      </Group>
    </div>
  );
}
