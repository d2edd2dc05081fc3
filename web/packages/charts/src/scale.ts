/** A value axis from round number to round number. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

const ROUND = [1, 2, 2.5, 5, 10];

function roundStep(rough: number, integers: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (ROUND.find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10) * power;
  if (!integers) return step;
  return step < 1 ? 1 : step === 2.5 ? 5 : step;
}

/** A scale that holds zero and every value, in at most `steps` steps. Nothing but gaps or zeros gives 0 to 1. */
export function zeroScale(values: readonly (number | null)[], steps: number): Scale {
  let low = 0;
  let high = 0;
  let integers = true;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    integers &&= Number.isInteger(value);
  }
  if (low === high) return { min: 0, max: 1, step: 1, ticks: [0, 1] };
  const step = roundStep((high - low) / Math.max(1, steps), integers);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Products of whole numbers, so that 0.1 + 0.2 never shows up in a label.
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { min: ticks[0] ?? 0, max: ticks.at(-1) ?? 1, step, ticks };
}
