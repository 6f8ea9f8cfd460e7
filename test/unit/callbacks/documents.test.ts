import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { derivedKey, planSignature, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import { decryptConfig } from '../../../src/callbacks/deploy-cipher.ts';
import { CALLBACK_LEVELS, CALLBACK_OUTCOMES } from '../../../src/callbacks/wire.ts';
import { KEY, VECTORS } from '../../support/callbacks/vectors.ts';
import { ROOT } from '../../support/machine/machine.ts';

const WIRE = readFileSync(join(ROOT, 'docs/DASHBOARD.md'), 'utf8');

/** Each question, with the tests that answer it. */
const ROWS = readFileSync(join(ROOT, 'docs/DASHBOARD-TESTS.md'), 'utf8')
  .split('\n')
  .flatMap((row) => {
    const [, question = '', tests = ''] = /^\| (\d+\. .+?) \| (.+) \|$/.exec(row) ?? [];
    return question === '' ? [] : [{ question, tests: tests.split('<br>') }];
  });

describe('the questions that a dashboard must stand', () => {
  it('are thirteen', () =>
    expect(ROWS.map(({ question }) => Number.parseInt(question, 10))).toEqual(
      Array.from({ length: 13 }, (_, at) => at + 1),
    ));

  it.each(ROWS)('have the tests that the document names: $question', ({ tests }) => {
    for (const test of tests) {
      const [, path = '', title = ''] = /^`(test\/[\w./-]+)`: (.+)$/.exec(test) ?? [];
      expect(existsSync(join(ROOT, path)), test).toBe(true);
      expect(readFileSync(join(ROOT, path), 'utf8')).toContain(title);
    }
  });
});

describe('the document of the wire', () => {
  it.each(VECTORS)('has the vector $id', ({ body, bytes, plan, id, timestamp, webhook }) => {
    for (const text of [body, `${bytes} bytes`, plan, id, timestamp, webhook]) expect(WIRE).toContain(text);
  });

  it('has keys, a signature and a deploy.enc that are right', () => {
    expect(WIRE).toContain(writtenKey(derivedKey(KEY)));
    const body = '{"status":"completed","error":null}';
    expect(WIRE).toContain(`\`${body}\` | \`${planSignature(KEY, Buffer.from(body))}\``);
    const [, encrypted = ''] = /`([0-9a-f]{148})` \(hex, 74 bytes\)/.exec(WIRE) ?? [];
    const text = 'callback_url: "https://myapp.com/api/deploys"\n';
    expect(decryptConfig(Buffer.from(encrypted, 'hex'), KEY)).toBe(text);
  });

  it('names every level and every outcome', () => {
    for (const word of [...CALLBACK_LEVELS, ...CALLBACK_OUTCOMES]) expect(WIRE).toContain(`\`${word}\``);
  });
});
