/** What came of a statement: its rows, their chart, what it took, and what is chosen of it. */

import { ActionMenu, EmptyState, toasts } from '@emban/kit';
import { save } from '@emban/widgets';
import { Alert, SegmentedControl, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { words } from '../../words/words.ts';
import { type Area, areaOf, asCsv, asJson, asTsv, type Result, sumsOf } from './cells.ts';
import { ResultGrid, useGrid } from './ResultGrid.tsx';
import { Elapsed } from './RunButton.tsx';
import { chartOf } from './result-chart.ts';
import type { TabRun } from './runs.ts';

const ResultChart = lazy(() => import('./ResultChart.tsx').then((one) => ({ default: one.ResultChart })));
const text = words.query;

async function copy(what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(what);
    toasts.done(text.copied);
  } catch (error) {
    toasts.failed(text.notCopied, error);
  }
}

function Stats({ result }: { result: Result }) {
  const { wall_ms, rows_returned, rows_read, truncated } = result.stats;
  return (
    <Text size="xs" c="dimmed" className="query-stats" data-stats="">
      {text.stats(rows_returned, rows_read, wall_ms)}
      {truncated && <b> · {text.truncated}</b>}
    </Text>
  );
}

function Sums({ result, area }: { result: Result; area: Area | null }) {
  if (!area) return <span />;
  const { cells, sum, average } = sumsOf(result, area);
  if (cells < 2) return <span />;
  return (
    <Text size="xs" className="query-sums" role="status" data-sums="">
      {text.chosen(cells)}
      {sum !== null && ` · ${text.sum} ${sum} · ${text.average} ${average}`}
    </Text>
  );
}

function copies(result: Result, area: Area | null) {
  const some = area ?? areaOf(result);
  const whole = areaOf(result);
  const file = (ending: string, type: string, content: string) =>
    save(new Blob([content], { type }), `result.${ending}`);
  return [
    area && { label: text.copyTsv, onSelect: () => void copy(asTsv(result, some)) },
    area && { label: text.copyHead, onSelect: () => void copy(asTsv(result, some, true)) },
    area && { label: text.copyJson, onSelect: () => void copy(asJson(result, some)) },
    { label: text.copyAllCsv, onSelect: () => void copy(asCsv(result)) },
    { label: text.copyAllJson, onSelect: () => void copy(asJson(result, whole)) },
    { label: text.saveCsv, onSelect: () => file('csv', 'text/csv;charset=utf-8', asCsv(result)) },
    { label: text.saveJson, onSelect: () => file('json', 'application/json', asJson(result, whole)) },
  ];
}

interface ShownProps {
  readonly result: Result;
  readonly show: 'table' | 'chart';
  readonly setShow: (show: 'table' | 'chart') => void;
}

function Shown({ result, show, setShow }: ShownProps) {
  const grid = useGrid(result);
  const drawn = show === 'chart' ? chartOf(result) : null;
  return (
    <>
      <div className="query-result-bar">
        <SegmentedControl
          size="xs"
          aria-label={text.showAs}
          value={show}
          onChange={(value) => setShow(value as 'table' | 'chart')}
          data={[
            { value: 'table', label: text.table },
            { value: 'chart', label: text.chart },
          ]}
        />
        <Stats result={result} />
        <ActionMenu label={text.copyMenu} subtle actions={copies(result, grid.area)} />
      </div>
      {result.warnings.map((warning) => (
        <Alert key={warning} color="yellow" variant="light" className="query-warning">
          {warning}
        </Alert>
      ))}
      {show === 'table' && <ResultGrid grid={grid} />}
      {drawn && (
        <Suspense>
          <ResultChart drawn={drawn} />
        </Suspense>
      )}
      {show === 'chart' && !drawn && <EmptyState title={text.noChart}>{text.noChartHelp}</EmptyState>}
      <div className="query-foot">
        <Sums result={result} area={show === 'table' ? grid.area : null} />
      </div>
    </>
  );
}

export function Results({ run, show, setShow }: { run: TabRun } & Omit<ShownProps, 'result'>) {
  const { result, failure, since, cancelled } = run;
  return (
    <section className="query-results" aria-label={text.results} aria-busy={since !== null} data-late={since !== null}>
      {since !== null && <Elapsed since={since} className="query-running" label={text.running} />}
      {failure && since === null && (
        <Alert color="red" variant="light" title={text.failed} role="alert" className="query-failure">
          {failure.message}
        </Alert>
      )}
      {cancelled && since === null && (
        <Alert color="gray" variant="light" className="query-failure">
          {text.cancelled}
        </Alert>
      )}
      {result && !failure && <Shown key={run.count} result={result} show={show} setShow={setShow} />}
      {!result && !failure && !cancelled && since === null && (
        <EmptyState title={text.nothingYet}>{text.nothingYetHelp}</EmptyState>
      )}
    </section>
  );
}
