import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Seals } from '../../../src/http/seals.ts';

const FORM = { purpose: 'form', subjects: ['ada'] };

describe('a seal', () => {
  const clock = { now: Date.UTC(2026, 10, 30) };
  const key = randomBytes(32);
  const seals = new Seals(key, () => clock.now);
  const seal = seals.seal(FORM, 60_000);

  it('is good for what it was made for', () => {
    expect(seals.isGood(seal, FORM)).toBe(true);
    expect(new Seals(key, () => clock.now).isGood(seal, FORM)).toBe(true);
  });

  it.each([
    ['another purpose', { purpose: 'watch', subjects: ['ada'] }],
    ['another person', { purpose: 'form', subjects: ['bob'] }],
    ['nobody', { purpose: 'form', subjects: [''] }],
    ['the same letters in other parts', { purpose: 'form', subjects: ['a', 'da'] }],
    ['more', { purpose: 'form', subjects: ['ada', ''] }],
  ])('is not good for %s', (_, other) => {
    expect(seals.isGood(seal, other)).toBe(false);
  });

  it('is not good when its time is over', () => {
    clock.now += 59_999;
    expect(seals.isGood(seal, FORM)).toBe(true);
    clock.now += 1;
    expect(seals.isGood(seal, FORM)).toBe(false);
    clock.now -= 60_000;
  });

  it('is not good with another time in it', () => {
    const [until = '', mac] = seal.split('.');
    const later = (Number.parseInt(until, 36) + 3600).toString(36);
    expect(seals.isGood(`${later}.${mac}`, FORM)).toBe(false);
  });

  it.each(['', '.', 'x', `${'z'.repeat(12)}.`, `1.${'A'.repeat(43)}`, `${'9'.repeat(4000)}.x`])(
    'is not %j',
    (text) => {
      expect(seals.isGood(text, FORM)).toBe(false);
    },
  );

  it('is not good by the key of another server', () => {
    expect(new Seals(randomBytes(32), () => clock.now).isGood(seal, FORM)).toBe(false);
  });
});
