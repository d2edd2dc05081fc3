import { afterEach, expect, it, vi } from 'vitest';
import { endAsking, fetchSignedIn, knowPerson } from './expiry.ts';

const ME = { userId: 'usr_1', email: 'ann@example.com', orgId: 'org_1' };
const URL = 'http://localhost/v1/things';

function answers(...statuses: number[]) {
  const bodies: string[] = [];
  const stub = vi.fn(async (request: Request) => {
    bodies.push(await request.text());
    const status = statuses.shift() ?? 200;
    return new Response(JSON.stringify({ code: status === 401 ? 'unauthorized' : 'fine' }), { status });
  });
  vi.stubGlobal('fetch', stub);
  return { stub, bodies };
}

afterEach(() => {
  knowPerson(null);
  vi.unstubAllGlobals();
});

it('makes a request again, whole, when the person has signed in', async () => {
  knowPerson(ME);
  const { bodies } = answers(401, 200);
  const waiting = fetchSignedIn(URL, { method: 'POST', body: 'typed' });
  await vi.waitFor(() => expect(bodies).toEqual(['typed']));
  await new Promise((done) => setTimeout(done));
  endAsking(true);
  expect((await waiting).status).toBe(200);
  expect(bodies).toEqual(['typed', 'typed']);
});

it('asks once for all that wait', async () => {
  knowPerson(ME);
  const { stub } = answers(401, 401, 200, 200);
  const both = Promise.all([fetchSignedIn(URL), fetchSignedIn(URL)]);
  await vi.waitFor(() => expect(stub).toHaveBeenCalledTimes(2));
  await new Promise((done) => setTimeout(done));
  endAsking(true);
  expect((await both).map((one) => one.status)).toEqual([200, 200]);
});

it('lets the failure through where the person leaves, and where nobody was signed in', async () => {
  knowPerson(ME);
  answers(401);
  const waiting = fetchSignedIn(URL);
  await new Promise((done) => setTimeout(done, 5));
  endAsking(false);
  expect((await waiting).status).toBe(401);
  knowPerson(null);
  answers(401);
  expect((await fetchSignedIn(URL)).status).toBe(401);
});
