import { ApiFailure } from '@emban/api';
import type { Answer } from '@emban/api/contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Answers, type Ask } from './answers.ts';
import type { DraftWidget } from './doc.ts';
import { type Choice, missingNames, questionOf } from './question.ts';
import { widget } from './samples.ts';

const choice: Choice = { tenant: null, period: '7d', timezone: 'UTC', filters: {} };
const ONE: Answer = { points: [] };

function asking() {
  const asked: { ids: number; signal: AbortSignal; answer: (error?: unknown) => void }[] = [];
  const ask: Ask = (widgets, _choice, signal) =>
    new Promise((good, bad) => {
      const answer = (error?: unknown) => {
        if (error) bad(error);
        else good(Object.fromEntries(widgets.map(({ id }) => [id, ONE])));
      };
      asked.push({ ids: widgets.length, signal, answer });
    });
  return { asked, answers: new Answers(ask, () => Date.now()) };
}

const other = (id: string, metric: string): DraftWidget =>
  widget(id, { query: { event_name: '*', metric: metric as 'count', prop: 'x' } });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('asks once for all that is on the screen, and once for the same question', async () => {
  const { asked, answers } = asking();
  const widgets = [widget('a'), widget('b', { title: 'Other words' }), other('c', 'sum')];
  answers.want(widgets, choice);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.map(({ ids }) => ids)).toEqual([2]);
  asked[0]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  for (const one of widgets) expect(answers.of(one).answer).toBe(ONE);
});

it('asks nothing for a change of looks, for a moved widget, and for what it knows', async () => {
  const { asked, answers } = asking();
  answers.want([widget('a')], choice);
  await vi.advanceTimersByTimeAsync(200);
  asked[0]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  answers.want(
    [widget('a', { title: 'New', unit: 'ms', chart: 'progress', layout: { x: 3, y: 3, w: 1, h: 1 } })],
    choice,
  );
  answers.want([widget('a')], { ...choice, period: '30d' });
  await vi.advanceTimersByTimeAsync(200);
  asked[1]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  answers.want([widget('a')], choice);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toHaveLength(2);
});

it('stops what nobody looks at any more', async () => {
  const { asked, answers } = asking();
  answers.want([other('a', 'sum')], choice);
  await vi.advanceTimersByTimeAsync(200);
  answers.want([other('a', 'avg')], choice);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

it('cancels one widget and goes on with the others of its request', async () => {
  const { asked, answers } = asking();
  const [slow, quick] = [other('a', 'p95'), widget('b')];
  answers.want([slow, quick], choice);
  await vi.advanceTimersByTimeAsync(200);
  expect(answers.of(slow).since).not.toBeNull();
  answers.cancel(slow);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(asked[1]?.ids).toBe(1);
  asked[1]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(answers.of(slow)).toEqual({ answer: null, since: null, cancelled: true });
  expect(answers.of(quick).answer).toBe(ONE);
  answers.again(slow);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toHaveLength(3);
});

it('keeps one wrong widget from blanking the others', async () => {
  const { asked, answers } = asking();
  const [wrong, good] = [other('a', 'sum'), widget('b')];
  answers.want([wrong, good], choice);
  await vi.advanceTimersByTimeAsync(200);
  const fields = [{ path: 'preview[0].query.prop', message: 'is required' }];
  asked[0]?.answer(new ApiFailure(400, 'validation_failed', 'no', { details: { fields } }));
  await vi.advanceTimersByTimeAsync(0);
  expect(answers.of(wrong).answer).toMatchObject({ error: 'prop: is required' });
  asked[1]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(answers.of(good).answer).toBe(ONE);
});

it('asks nothing for a heading, for a text what it says, and knows a question by its meaning', () => {
  expect(questionOf(widget('a', { kind: 'heading' }))).toBeNull();
  expect(questionOf(widget('a', { kind: 'text', text: ' ' }))).toBeNull();
  expect(questionOf(widget('a', { kind: 'text', text: 'Hello' }))).toContain('Hello');
  const one = widget('a', { query: { metric: 'count', event_name: '*' } });
  const two = widget('b', { query: { event_name: '*', metric: 'count' } });
  expect(questionOf(one)).toBe(questionOf(two));
});

it('names what no event has', () => {
  const known = { events: new Set<string>(), dimensions: new Set(['plan']), measures: new Set(['cost']) };
  const query = {
    metric: 'sum' as const,
    prop: 'cost',
    group_by: ['model', 'tenant_id'],
    filters: { dimensions: { plan: ['pro'] }, numeric_ranges: { size: { min: 1 } } },
  };
  expect(missingNames(widget('a', { query }), known)).toEqual(['model', 'size']);
});
