import type { EmbedConfig } from '@emban/api';
import { describe, expect, it } from 'vitest';
import { config } from '../../../dev/fixture.ts';
import { continues, narrowed, readClaims } from './renewal.ts';

const CLAIMS = { org: 'org_1', environment: 'prod', tenant: 'Ærø & Sønner ✓', dashboard: 'dash_1' };

function tokenOf(claims: object): string {
  return `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmVk`;
}

describe('the claims of a token', () => {
  it('are read without a look at the signature, whatever letters a tenant is named with', () => {
    expect(readClaims(tokenOf({ ...CLAIMS, exp: 1 }))).toMatchObject(CLAIMS);
  });

  it.each([
    '',
    'token',
    'a.b',
    'a.!!.c',
    `a.${Buffer.from('[]').toString('base64url')}.c`,
    `a.${Buffer.from('null').toString('base64url')}.c`,
    tokenOf({ ...CLAIMS, tenant: 5 }),
    tokenOf({ org: 'org_1', environment: 'prod', dashboard: 'dash_1' }),
  ])('are none in %s', (token) => {
    expect(readClaims(token)).toBeNull();
  });

  it.each(['org', 'environment', 'tenant', 'dashboard'])('must agree on the %s', (name) => {
    expect(continues({ ...CLAIMS, [name]: 'another' }, CLAIMS, 'dash_1')).toBe(false);
    expect(continues({ ...CLAIMS }, CLAIMS, 'dash_1')).toBe(true);
  });

  it('must be for the dashboard in the address where there was no token before', () => {
    expect(continues(CLAIMS, null, 'dash_1')).toBe(true);
    expect(continues(CLAIMS, null, 'dash_2')).toBe(false);
  });
});

describe('a renewed session', () => {
  const with_ = (permissions: EmbedConfig['permissions'], more: Partial<EmbedConfig['filters']> = {}): EmbedConfig => ({
    ...config,
    permissions,
    filters: { ...config.filters, ...more },
  });

  it('is shown as it is where it is like the one before', () => {
    const same = {
      allow_drill_down: true,
      allow_export: true,
      allowed_dimensions: null,
      allowed_periods: null,
      max_date_range_days: 0,
    };
    expect(narrowed(with_(same), with_(same))).toEqual(with_(same));
  });

  it('takes away what it does not allow', () => {
    const less = with_({
      allow_drill_down: false,
      allow_export: false,
      allowed_dimensions: ['model'],
      max_date_range_days: 7,
    });
    expect(narrowed(less, config).permissions).toEqual({
      allow_drill_down: false,
      allow_export: false,
      allowed_dimensions: ['model'],
      allowed_periods: null,
      max_date_range_days: 7,
    });
  });

  it('gives nothing that the one before did not have', () => {
    const before: EmbedConfig = {
      ...with_(
        {
          allow_drill_down: false,
          allow_export: false,
          allowed_dimensions: ['model', 'plan'],
          max_date_range_days: 7,
        },
        { periods: ['24h', '7d'], default_period: '7d', dimensions: config.filters.dimensions.slice(0, 1) },
      ),
      dashboard: { ...config.dashboard, widgets: config.dashboard.widgets.slice(1) },
    };
    const after = narrowed(with_({ allow_drill_down: true, allowed_dimensions: ['model', 'user_id'] }), before);
    expect(after.permissions).toMatchObject({
      allow_drill_down: false,
      allow_export: false,
      allowed_dimensions: ['model'],
      max_date_range_days: 7,
    });
    expect(after.filters.periods).toEqual(['24h', '7d']);
    expect(after.filters.dimensions.map(({ name }) => name)).toEqual(['model']);
    expect(after.dashboard.widgets).toEqual(before.dashboard.widgets);
  });

  it('moves the default to a period that both have', () => {
    const before = with_({}, { periods: ['24h', '7d'], default_period: '7d' });
    expect(narrowed(with_({}, { periods: ['24h', '30d'], default_period: '30d' }), before).filters).toMatchObject({
      periods: ['24h'],
      default_period: '24h',
    });
    const apart = narrowed(with_({}, { periods: ['90d'], default_period: '90d' }), before).filters;
    expect(apart).toMatchObject({ periods: ['90d'], default_period: '90d' });
  });
});
