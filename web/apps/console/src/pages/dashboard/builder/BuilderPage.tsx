/** One dashboard: its builder for those who may edit it, what is published for everybody else. */

import { Loaded } from '@emban/kit';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import './builder.css';
import { dashboardQuery } from '../../../queries.ts';
import { useCan, useEnvironment, useMe } from '../../../session.ts';
import { Editing } from './Editing.tsx';
import { ReadOnly } from './ReadOnly.tsx';

export function BuilderPage() {
  const { id = '' } = useParams({ strict: false });
  const environment = useEnvironment();
  const me = useMe();
  const editor = useCan('editor');
  const query = useQuery({ ...dashboardQuery(environment, id), staleTime: 0 });
  return (
    <Loaded query={query} lines={8}>
      {(dashboard) =>
        editor && me ? (
          <Editing key={`${environment}/${id}`} dashboard={dashboard} org={me.org.id} />
        ) : (
          <ReadOnly dashboard={dashboard} />
        )
      }
    </Loaded>
  );
}
