/** Of a widget that was made from one of the library: whether it is still the same, and how to have it so again. */

import { Anchor, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type LibraryWidget, widgetQuery } from '../../../../queries.ts';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder } from '../builder-context.ts';
import { type DraftWidget, same } from '../core/doc.ts';
import { libraryConfig } from '../library-config.ts';
import type { Edited } from './use-widget.ts';

const say = words.library;

/** The parts that the library's widget decides; where it stands is the dashboard's own. */
function libraryParts(made: LibraryWidget): Partial<Record<keyof DraftWidget, unknown>> {
  const { layout: _place, ...config } = libraryConfig(made);
  const none = { chart: undefined, unit: undefined, format: undefined, target: undefined, target_period: undefined };
  return { ...none, lines: undefined, good: undefined, description: undefined, ...config };
}

export function LibrarySection({ edited, libraryId }: { edited: Edited; libraryId: string }) {
  const { environment } = useBuilder();
  const query = useQuery({ ...widgetQuery(environment, libraryId), retry: false });
  const { widget, set } = edited;
  if (query.isPending) return null;
  if (!query.data) {
    return (
      <Text size="sm" c="dimmed">
        {say.gone}
      </Text>
    );
  }
  const parts = libraryParts(query.data);
  const unchanged = Object.entries(parts).every(([name, value]) => same(widget[name as keyof DraftWidget], value));
  return (
    <>
      <Text size="sm" c="dimmed">
        {unchanged ? say.same : say.differs}
      </Text>
      {!unchanged && (
        <Button variant="default" size="xs" onClick={() => set(parts, say.updateStep)}>
          {say.update}
        </Button>
      )}
      <Anchor component={Link} to={`/widgets/${libraryId}`} size="sm">
        {say.open(query.data.title)}
      </Anchor>
    </>
  );
}
