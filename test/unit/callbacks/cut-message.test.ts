import { describe, expect, it } from 'vitest';
import { cutMessage, LONGEST_MESSAGE } from '../../../src/callbacks/cut-message.ts';

describe('a message', () => {
  it.each(['', 'short', 'a'.repeat(LONGEST_MESSAGE), '€'.repeat(2730)])('that fits stays as it is', (text) =>
    expect(cutMessage(text)).toBe(text),
  );

  it.each(['a', 'é', '€', '😀'])(
    'of too many %s is cut between two characters, and says how much is left out',
    (one) => {
      const text = one.repeat(LONGEST_MESSAGE + 1);
      const cut = cutMessage(text);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(LONGEST_MESSAGE);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(LONGEST_MESSAGE - 8);
      const [, kept = '', more] = /^(.*) … \((\d+) bytes more\)$/u.exec(cut) ?? [];
      expect(text.startsWith(kept)).toBe(true);
      expect(Buffer.byteLength(kept) + Number(more)).toBe(Buffer.byteLength(text));
      expect(cut).not.toContain('\ufffd');
    },
  );

  it('can be cut shorter', () =>
    expect(Buffer.byteLength(cutMessage('a'.repeat(5000), 64))).toBeLessThanOrEqual(64));
});
