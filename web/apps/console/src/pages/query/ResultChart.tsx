/** The chart of an answer, drawn by the code that draws dashboards. */

import { WidgetGrid } from '../../parts/WidgetGrid.tsx';
import type { Drawn } from './result-chart.ts';

export function ResultChart({ drawn }: { drawn: Drawn }) {
  const { widget, answer } = drawn;
  const data = { widgets: { [widget.id]: answer } };
  return (
    <div className="query-chart">
      <WidgetGrid
        widgets={[widget]}
        data={data as never}
        loading={false}
        period={null}
        timezone={answer.meta?.timezone ?? 'UTC'}
        retry={() => undefined}
      />
    </div>
  );
}
