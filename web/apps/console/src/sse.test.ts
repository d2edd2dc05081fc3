import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventReader } from './sse.ts';

const STREAM =
  ': hello\nretry: 2500\nid: 7\nevent: change\ndata: {"entity": "dashboard",\ndata:  "id": "d"}\n\nevent: events\ndata: {}\n\ndata\n\nid: 8\n\ndata: x\n\n';
const EVENTS = [
  { event: 'change', data: '{"entity": "dashboard",\n "id": "d"}', id: '7' },
  { event: 'events', data: '{}', id: '7' },
  { event: 'message', data: '', id: '7' },
  { event: 'message', data: 'x', id: '8' },
];

it('reads events, comments, ids and the pause that the server asks for', () => {
  const reader = new EventReader();
  expect(reader.read(STREAM)).toEqual(EVENTS);
  expect(reader.retryMs).toBe(2500);
});

it('keeps the id that it resumed with until there is another', () => {
  expect(new EventReader('5').read('data: a\n\n')).toEqual([{ event: 'message', data: 'a', id: '5' }]);
});

it('reads the same whatever the pieces and whatever ends the lines', () => {
  const cuts = fc.array(fc.nat(STREAM.length * 2), { maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom('\n', '\r\n', '\r'), cuts, (end, places) => {
      const text = STREAM.replaceAll('\n', end);
      const sorted = [0, ...places.map((at) => Math.min(at, text.length)).sort((a, b) => a - b), text.length];
      const reader = new EventReader();
      const read = sorted.slice(1).flatMap((to, i) => reader.read(text.slice(sorted[i], to)));
      expect(read).toEqual(EVENTS);
    }),
  );
});
