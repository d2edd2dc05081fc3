import { describe, expect, it } from 'vitest';
import { type EmbedCodeInput, embedCode, python } from './code.ts';
import { permissionsOf, restrictions, UNRESTRICTED } from './permissions.ts';

const INPUT: EmbedCodeInput = {
  origin: 'https://emban.example',
  key: 'KEY',
  dashboard: 'dash_1',
  tenant: `O'Neil "& Sons"`,
  lifetime: 3600,
  permissions: {},
};

const textOf = (name: string, input = INPUT) => embedCode(input).find((one) => one.name === name)?.text ?? '';

describe('code to copy', () => {
  it('comes in five languages', () => {
    expect(embedCode(INPUT).map(({ name }) => name)).toEqual(['Python', 'Node', 'curl', 'React', 'HTML']);
  });

  it('quotes a tenant for a shell', () => {
    expect(textOf('curl')).toContain(`"tenant_id": "O'\\''Neil \\"& Sons\\""`);
  });

  it('leaves out what is the default', () => {
    expect(textOf('curl')).not.toContain('permissions');
    expect(textOf('curl')).not.toContain('expires_in');
    expect(textOf('curl', { ...INPUT, lifetime: 7200 })).toContain('"expires_in": 7200');
  });

  it('writes Python with its own names for true, false and null', () => {
    expect(python({ a: false, b: [true, null], c: {} })).toBe(
      '{\n    "a": False,\n    "b": [True, None],\n    "c": {},\n}',
    );
  });

  it('gives the browser no key', () => {
    for (const name of ['React', 'HTML']) expect(textOf(name)).not.toContain('KEY');
  });
});

describe('permissions of the form', () => {
  it('are empty when nothing is restricted', () => {
    expect(permissionsOf(UNRESTRICTED)).toEqual({});
  });

  it('leave out a lock that locks nothing yet', () => {
    const locks = [
      { key: 1, property: 'region', values: ['eu'] },
      { key: 2, property: '', values: ['x'] },
      { key: 3, property: 'plan', values: [] },
    ];
    expect(permissionsOf({ ...UNRESTRICTED, locks })).toEqual({ locked_filters: { region: ['eu'] } });
  });

  it('tell no filter at all from no restriction', () => {
    expect(permissionsOf({ ...UNRESTRICTED, noFilters: true, dimensions: ['plan'] })).toEqual({
      allowed_dimensions: [],
    });
    expect(permissionsOf({ ...UNRESTRICTED, dimensions: ['plan'] })).toEqual({ allowed_dimensions: ['plan'] });
  });
});

describe('restrictions in words', () => {
  it('names each, and nothing for a session that may do all', () => {
    const all = {
      allow_drill_down: true,
      allow_export: true,
      locked_filters: {},
      hidden_widgets: [],
      max_date_range_days: 0,
    };
    expect(restrictions({ ...all, allowed_periods: null, allowed_dimensions: null })).toEqual([]);
    expect(
      restrictions({ ...all, allow_export: false, locked_filters: { region: ['eu', 'us'] }, allowed_dimensions: [] }),
    ).toEqual(['region = eu, us', 'no downloads', 'no filters']);
  });
});
