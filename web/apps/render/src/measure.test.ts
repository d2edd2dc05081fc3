import { describe, expect, it } from 'vitest';
import { countLines, fit, measure, measureFont } from './measure.ts';

describe('text', () => {
  it('is as wide as the font says', () => {
    // Advances of Inter 4.0, of which an em has 2,048.
    expect(measure('Hi', 2048)).toBe(1522 + 496);
    expect(measure('Hi', 12, true)).toBeGreaterThan(measure('Hi', 12));
    expect(measureFont('Hi', 'normal 24px Inter').width).toBeCloseTo(2 * measure('Hi', 12));
    expect(measureFont('Hi', '600 12px Inter').width).toBe(measure('Hi', 12, true));
  });

  it('of other scripts is square or as wide as an n', () => {
    expect(measure('東京', 10)).toBe(20);
    expect(measure('ﷺ', 10)).toBe(10);
    expect(measure('א', 10)).toBe(6);
  });

  it('is cut so that it fits', () => {
    expect(fit('short', 100, 12)).toBe('short');
    const cut = fit('a rather long name of a model', 80, 12);
    expect(cut).toMatch(/^a rather .*…$/);
    expect(measure(cut, 12)).toBeLessThanOrEqual(80);
    expect(fit('wide', 0, 12)).toBe('…');
  });

  it('takes lines that end between words, or in words that are longer', () => {
    expect(countLines('one two', 200, 12)).toBe(1);
    expect(countLines('one two three four', measure('one two ', 12), 12)).toBe(3);
    expect(countLines('x'.repeat(100), measure('x'.repeat(30), 12) + 1, 12)).toBe(4);
    expect(countLines('', 10, 12)).toBe(1);
  });
});
