/** Whether a dashboard is before customers, and whether its draft has moved on since. */

import { Badge } from '@mantine/core';
import type { DashboardItem } from '../../queries.ts';
import { words } from '../../words/words.ts';

export function Status({ item }: { item: Pick<DashboardItem, 'status' | 'has_unpublished_changes'> }) {
  const published = item.status === 'published';
  return (
    <>
      <Badge variant="dot" color={published ? 'teal' : 'gray'} tt="none" fw={600}>
        {published ? words.dashboards.published : words.dashboards.draft}
      </Badge>
      {published && item.has_unpublished_changes && (
        <Badge variant="dot" color="orange" tt="none" fw={400} ml={6}>
          {words.dashboards.unpublishedChanges}
        </Badge>
      )}
    </>
  );
}
