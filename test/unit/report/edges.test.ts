import { describe, expect, it } from 'vitest';
import { renderBar } from '../../../src/report/bar.ts';
import { unifiedDiff } from '../../../src/report/diff.ts';
import type { EventBody, PlannedStep, RunEvent } from '../../../src/report/events.ts';
import { LogGate } from '../../../src/report/hold.ts';
import { collectNotes } from '../../../src/report/notes.ts';
import { forPublic } from '../../../src/report/public.ts';
import { createScrubber, secretsOf } from '../../../src/report/redact.ts';
import { Steps } from '../../../src/report/steps.ts';
import { createStream } from '../../../src/report/stream.ts';
import { displayWidth, fitted, padded, renderTable } from '../../../src/report/table.ts';
import { Warned } from '../../../src/report/warned.ts';
import { result, told } from '../../support/report/results.ts';

describe('a secret', () => {
  const line = (secrets: readonly string[], text: string) => createScrubber(secrets).line(text);

  it('has six characters at least, a part of one sixteen, between white space', () => {
    expect([line(['abcdef'], 'abcdef'), line(['abcde'], 'abcde')]).toEqual(['[redacted]', 'abcde']);
    const [long, short] = ['x'.repeat(16), 'y'.repeat(15)];
    expect(line([`${long} ${short}`], `${long}, ${short}`)).toBe(`[redacted], ${short}`);
    expect(line([' abcdef\n'], 'xabcdefx')).toBe('x[redacted]x');
  });

  it('is taken out as a whole where another one is a part of it, and percent-encoded too', () => {
    expect(line(['abcdef', 'abcdefgh'], 'abcdefgh')).toBe('[redacted]');
    expect(line(['a/b c=d&e'], 'a%2Fb%20c%3Dd%26e')).toBe('[redacted]');
  });

  it('is not the only thing that a line cannot have: what ends it, turns its direction, or is half a character', () => {
    expect(line([], 'a\u0000\u0085\u2028\u2029\u202e\u2066\ufeff\ud800b')).toBe(
      'a\\u0000\\u0085\\u2028\\u2029\\u202e\\u2066\\ufeff\\ud800b',
    );
  });

  it.each(['A_KEY', 'SECRET_X', 'my_token', 'PASSWORD', 'PASSWD', 'PASSPHRASE', 'KEY_FILES'])(
    'is known by the name of its variable: %s',
    (name) => expect(secretsOf({ [name]: 'v' })).toEqual(['v']),
  );

  it('is none in the name of a file, and comes with the request that is served', () => {
    expect(secretsOf({ A_KEY_FILE: 'v', HOME: 'v', PATH: 'v' })).toEqual([]);
    expect(secretsOf({ HTTP_AUTHORIZATION: ' Basic abcdef ' })).toEqual(['abcdef']);
  });

  it.each([
    '$2b$10$abcdefghijklmnopqrstuv',
    '$apr1$salt$0123456789abcdef',
    '$6$rounds=5000$salt$abcdef',
    '{SSHA}abcdef==',
    '{SHA256}abcdef',
    'whsec_abcdef',
    'AKIAABCDEFGHIJKLMNOP',
  ])('is known by its shape: %s', (text) => expect(line([], `a ${text} b`)).toBe('a [redacted] b'));

  it('is known by what it stands behind', () => {
    expect(line([], 'https://u:pass@h/')).toBe('https://u:[redacted]@h/');
    expect(line([], 'authorization: bearer abc')).toBe('authorization: bearer [redacted]');
    expect(line([], '?X-Amz-Signature=abc&x')).toBe('?X-Amz-Signature=[redacted]&x');
  });
});

describe('text that is reported', () => {
  it('is on one line, and has nothing that cannot be seen; a diff keeps its lines and tabs', () => {
    const { line, block, value } = createScrubber([]);
    expect(line('a\nb\t\u202e\u200b\u2028\ud800')).toBe('a\\u000ab\\u0009\\u202e\\u200b\\u2028\\ud800');
    expect(block('a\n\tb\r\u001b')).toBe('a\n\tb\\u000d\\u001b');
    expect(value({ diff: 'a\nb', x: ['a\nb', 7, null, { y: '\n' }] })).toEqual({
      diff: 'a\nb',
      x: ['a\\u000ab', 7, null, { y: '\\u000a' }],
    });
  });

  it('goes to every reporter but one that has failed', () => {
    const heard: string[] = [];
    const say = createStream(
      [
        () => {
          heard.push('bad');
          throw new Error('bad');
        },
        (event) => heard.push(event.type === 'note' ? event.message : event.type),
      ],
      createScrubber(['secret']),
    );
    say({ type: 'note', message: 'a secret' });
    say({ type: 'note', message: 'b' });
    expect(heard).toEqual(['bad', 'a [redacted]', 'b']);
  });
});

describe('the log of a CGI run', () => {
  const step = (name: string): EventBody => ({ type: 'step', number: 1, of: 6, name, title: name });
  const run: EventBody = {
    ...{ type: 'run-began', kind: 'update', run: 'r', operation: 'update', trigger: 'cgi', by: null },
    ...{ target: 'm', steps: [] },
  };
  const passed = (...events: EventBody[]) => {
    const out: unknown[] = [];
    const gate = new LogGate((entry) =>
      out.push('short' in entry ? 'short' : 'event' in entry && entry.event.type),
    );
    for (const event of events) gate.add({ event: told(event) });
    return out;
  };

  it('is written before the first step that may change something', () => {
    for (const name of ['lock', 'fetch', 'read', 'generate'])
      expect([name, passed(run, step(name))]).toEqual([name, []]);
    for (const name of ['check', 'install', 'rollback', 'new'])
      expect([name, passed(run, step(name))]).toEqual([name, ['run-began', 'step']]);
    expect(passed(step('lock'))).toEqual(['step']);
  });

  it('is short where it changed nothing or another did, and whole with any other end', () => {
    const end = (outcome: 'unchanged' | 'updated' | 'failed' | 'held', shared: boolean): EventBody => ({
      type: 'run-ended',
      kind: 'update',
      result: result({ outcome, shared }),
    });
    const note: EventBody = { type: 'note', message: 'n' };
    expect(passed(run, note, end('unchanged', false))).toEqual(['note', 'short']);
    expect(passed(run, note, end('unchanged', true))).toEqual(['short']);
    expect(passed(run, note, end('updated', true))).toEqual(['short']);
    for (const outcome of ['updated', 'failed', 'held'] as const)
      expect([outcome, passed(run, note, end(outcome, false))]).toEqual([
        outcome,
        ['run-began', 'note', 'run-ended'],
      ]);
    expect(passed(run, end('failed', true))).toEqual(['run-began', 'run-ended']);
  });
});

describe('what the public sees', () => {
  it('is how many rows of each table have a warning, and no diff', () => {
    const warning = { table: 'users', id: 1, row: 'ann', reason: 'bad' } as const;
    const told = forPublic(
      result({ diff: 'd', warnings: [warning, { ...warning, rows: 3 }, { ...warning, table: 'regions' }] }),
    );
    expect(told).not.toHaveProperty('diff');
    expect(told.warnings.map(({ id, row, reason }) => [id, row, reason.slice(0, 11)])).toEqual([
      [null, 'users', '4 rows have'],
      [null, 'regions', '1 row has a'],
    ]);
  });

  it('is not how this machine is set up, but that there is something', () => {
    const warned = new Warned();
    warned.add(told({ type: 'note', message: 'info' }));
    warned.add(told({ type: 'note', level: 'warning', message: 'open' }));
    expect(warned.hasPrivate).toBe(false);
    warned.add(told({ type: 'note', level: 'warning', isPrivate: true, message: 'private' }));
    expect([warned.hasPrivate, warned.hidden('public'), warned.hidden('administrator')]).toEqual([
      true,
      1,
      0,
    ]);
    expect(warned.for('administrator')).toEqual(['open', 'private']);
    expect(warned.for('public')).toEqual(['open', expect.stringContaining('there is a warning on how')]);
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell, as a terminal draws it', () => {
    expect(
      renderTable([
        ['a', 'b'],
        ['東京', 'c'],
      ]),
    ).toBe('a     b\n東京  c\n');
    expect(['abc', '東', 'e\u0301', '💃'].map(displayWidth)).toEqual([3, 2, 1, 2]);
    expect([fitted('abc', 3), fitted('abcd', 3), fitted('東京', 3), fitted('abc', 0)]).toEqual([
      'abc',
      'ab…',
      '東…',
      '',
    ]);
    expect([padded('東', 3), padded('abc', 2)]).toEqual(['東 ', 'abc']);
  });

  it('has a bar that never fills the line', () => {
    const bar = (done: number, total: number, ms = 0, columns = 80) =>
      renderBar('T', { type: 'progress', step: 's', done, total }, ms, columns);
    expect(bar(1, 2)).toBe(`T [${'#'.repeat(12)}${'-'.repeat(12)}] 1/2`);
    expect([bar(0, 0), bar(9, 3)].map((text) => text.includes('#'.repeat(24)))).toEqual([false, true]);
    expect([bar(1, 2, 999), bar(1, 2, 1000), bar(1, 4, 30_000)].map((text) => text.split(', ')[1])).toEqual([
      undefined,
      '1 s left',
      '1 min 30 s left',
    ]);
    expect([bar(1, 2, 0, 10).length, bar(1, 2, 0, 0)]).toEqual([9, '']);
  });
});

it('a step says that it has failed, and how long it took, and what it threw goes on', async () => {
  const events: EventBody[] = [];
  const steps = new Steps((event) => events.push(event));
  const [a, b] = ['a', 'b'].map((name) => ({ name, title: name })) as [PlannedStep, PlannedStep];
  expect(await steps.run(a, () => ({ value: 7, detail: 'done' }))).toBe(7);
  const odd = new Error('odd');
  await expect(steps.run(b, () => Promise.reject(odd))).rejects.toBe(odd);
  expect(
    events.map((event) => ('detail' in event ? event.detail : 'number' in event && event.number)),
  ).toEqual([1, 'done', 2, 'failed']);
  expect(steps.facts.map(({ name }) => name)).toEqual(['a', 'b']);
});

it('notes are those of their run, and of before the first', () => {
  const notes = collectNotes();
  const say = (run: string | null, event: EventBody) => notes.report({ ...told(event), run } as RunEvent);
  say(null, { type: 'note', message: 'early' });
  expect(notes.of('a')).toEqual(['early']);
  say('a', { type: 'note', message: 'first' });
  say('b', { type: 'warning', warning: { table: 'users', id: 1, row: 'ann', reason: 'bad' } });
  expect([notes.of('a'), notes.of('b'), notes.of('c')]).toEqual([
    ['early', 'first'],
    [expect.stringContaining('bad')],
    [],
  ]);
});

it('a diff of everything is a single line, and of a little the lines around it', async () => {
  const lines = (count: number, text: string) =>
    Array.from({ length: count }, (_, at) => `${text} ${at}\n`).join('');
  const long = await unifiedDiff(lines(11_000, 'a'), lines(11_000, 'b'), '/x');
  expect(long).toBe('\\ /x: too much differs to be shown (11000 lines before, 11000 after)\n');
  const short = await unifiedDiff(lines(300, 'a'), lines(300, 'b'), '/x');
  expect(short.split('\n').filter((line) => /^[+-][ab]/.test(line))).toHaveLength(600);
});
