/** What the list and the page of a library's widget both say of it. */

import { Anchor, Badge, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { LibraryWidget } from '../../queries.ts';
import { words } from '../../words/words.ts';

const say = words.widgets;

export function WidgetStatus({ item }: { item: LibraryWidget }) {
  if (item.status === 'draft') return <Badge variant="outline">{say.draft}</Badge>;
  return item.has_unpublished_changes ? (
    <Badge variant="outline" color="yellow">
      {say.unpublishedChanges}
    </Badge>
  ) : (
    <Badge variant="outline" color="teal">
      {say.published}
    </Badge>
  );
}

/** The dashboards that have a widget made from this one, as links; the first few, and how many more there are. */
export function Uses({ item, most }: { item: LibraryWidget; most: number }) {
  const [shown, rest] = [item.used_in.slice(0, most), item.used_in.length - most];
  if (shown.length === 0) {
    return (
      <Text span size="sm" c="dimmed">
        {say.usedNowhere}
      </Text>
    );
  }
  return (
    <Text span size="sm">
      {shown.map(({ id, name }, at) => (
        <Fragment key={id}>
          {at > 0 && ', '}
          <Anchor component={Link} to={`/dashboards/${id}`} size="sm">
            {name}
          </Anchor>
        </Fragment>
      ))}
      {rest > 0 && ` ${say.moreUses(rest)}`}
    </Text>
  );
}
