/** No text costs more than its length, whoever has written it: each would take minutes if it cost the square of that. */
import { describe, expect, it } from 'vitest';
import { harmless } from '../../../src/callbacks/body-fields.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { shownText } from '../../../src/web/deploys/received-lines.ts';

const TIMES = 100_000;

/** What the patterns begin with and repeat, so that each of them is led on for as long as can be, and never or late to its end. */
const PUMPS = [
  ' ',
  '\t',
  '\r',
  '\x1b[',
  '\x1b[0;',
  '\x1b]',
  '\x1b]0;a\x1b',
  '//',
  '//a:',
  '//a:b',
  '//:',
  '$1$',
  '$apr1$abc',
  '$2b$1',
  '{SHA',
  '{SHA-1',
  '{MD5}',
  'Authorization',
  'Authorization: ',
  'Authorization=Basic ',
  'X-Amz-',
  'X-Amz-Signature',
  'Signature=',
  'AKIA',
  'AKIAA',
  'whsec_',
  'whsec',
  'secret',
  '\u202e',
  '\ud800',
  '\ud83d\ude00',
];

describe('a text of hundreds of thousands of repetitions', () => {
  const { line, block } = createScrubber(['secret-of-ours', 'secretsecretsecretsecret']);

  it.each(PUMPS)('of %j is scrubbed, cleaned and shown', (pump) => {
    for (const head of ['', 'a', '//a:', 'Authorization: Basic ', '\x1b]'])
      for (const tail of ['', '!', '@', '\n']) {
        const text = `${head}${pump.repeat(TIMES / 10)}${tail}`;
        for (const work of [line, block, harmless, shownText]) expect(typeof work(text)).toBe('string');
      }
    const long = pump.repeat(TIMES);
    for (const work of [line, block, harmless, shownText]) expect(typeof work(long)).toBe('string');
  });
});
