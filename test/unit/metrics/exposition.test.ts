import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Figure, gauge, inSeconds, renderFigures, stateOf } from '../../../src/metrics/exposition.ts';
import { readMetrics } from '../../support/machine/metrics.ts';

const figureOf = (samples: Figure['samples']): Figure => ({
  name: 'showcase_x',
  help: 'x',
  type: 'gauge',
  samples,
});

describe('figures as text', () => {
  it('are read back as they were, whatever stands in a label or a help', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true }), (text, value) => {
        const figure = { ...figureOf([[{ a: text, b: 'c' }, value]]), help: text };
        const { samples, families } = readMetrics(renderFigures([figure]));
        expect(samples).toEqual([
          { name: 'showcase_x', labels: { a: text, b: 'c' }, value: value === 0 ? 0 : value },
        ]);
        expect(families.size).toBe(1);
      }),
    );
  });

  it('keep an end of a line in a label from making a sample of its own', () => {
    const text = renderFigures([figureOf([[{ a: '"} 1\nshowcase_y{b="\\' }, 1]])]);
    expect(text).toBe(
      '# HELP showcase_x x\n# TYPE showcase_x gauge\nshowcase_x{a="\\"} 1\\nshowcase_y{b=\\"\\\\"} 1\n',
    );
  });

  it('leave out what has no value', () => {
    expect(renderFigures([gauge('showcase_x', 'x', null)])).toBe('');
    const { samples } = readMetrics(
      renderFigures([
        figureOf([
          [{ a: '1' }, null],
          [{ a: '2' }, true],
        ]),
      ]),
    );
    expect(samples).toEqual([{ name: 'showcase_x', labels: { a: '2' }, value: 1 }]);
  });

  it('have one sample of a state for each that there can be', () => {
    const state = (now: string | null) =>
      stateOf('showcase_x', 'x', { label: 'of', values: ['a', 'b'], now }, { t: 'u' }).samples;
    expect(state('b')).toEqual([
      [{ t: 'u', of: 'a' }, false],
      [{ t: 'u', of: 'b' }, true],
    ]);
    expect(renderFigures([figureOf(state(null))])).toBe('');
  });

  it('have times in seconds, to the millisecond', () => {
    expect(inSeconds('1970-01-01T00:00:01.500Z', 250.4)).toBe(1.75);
    expect(inSeconds(null)).toBeNull();
  });
});
