/** The comparison with other tools: its document is complete, its figures are measured, and its measuring counts what is lost. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cpuMs } from '../../../dev/bench/comparison/cpu.ts';
import { type Programs, renderMissing } from '../../../dev/bench/comparison/programs.ts';
import { type Site, Visitors } from '../../../dev/bench/comparison/site.ts';
import { eventPath, eventPaths, SIZE } from '../../../dev/bench/comparison/source.ts';
import { ROOT } from '../../support/machine/machine.ts';

const DOCUMENT = readFileSync(join(ROOT, 'docs/COMPARISON.md'), 'utf8');
const TOOLS = [
  'this project',
  "the platform's scripts",
  'consul-template',
  'confd',
  "Caddy's API",
  'kamal',
  'fly deploy',
];
const TASKS = ['Publish', 'Update all', 'Roll back', 'Dry run', 'Verify', 'Watch', 'Audit'];

const [before = '', measured = '', after = ''] = DOCUMENT.split(
  /<!-- measured comparison: (?:begin|end) -->/,
);

/** The rows of the tables below a heading, up to the next one, without what stands above the columns. */
function rowsBelow(heading: string): string[][] {
  const section = DOCUMENT.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return tableRows(section).slice(1);
}

function tableRows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|--'));
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('docs/COMPARISON.md', () => {
  it('says of each tool in one word whether it does each task', () => {
    const rows = rowsBelow('In one look');
    expect(rows.map(([tool]) => tool)).toEqual(TOOLS);
    for (const row of rows) expect(row.slice(1).filter((cell) => cell !== '')).toHaveLength(TASKS.length);
  });

  it.each(TASKS)('says what each tool does for the task "%s"', (task) => {
    const rows = rowsBelow(task);
    expect(rows.map(([tool]) => tool)).toEqual(TOOLS);
    for (const [, what = ''] of rows) expect(what).toMatch(/\w{3}/);
  });

  it('has a measured row for each tool of which it says that it was run', () => {
    const intro = DOCUMENT.split('\n## ')[0] ?? '';
    const run = tableRows(intro).filter(([, , here = '']) => /^(?:yes|the part)/.test(here));
    expect(run.map(([tool]) => tool)).toEqual(TOOLS.slice(0, 5));
    const names = tableRows(measured).map(([name = '']) => name.replace(/^ours\b/, 'this project'));
    for (const [tool = ''] of run) {
      // The table has a version after the name: `Caddy 2.6.2's API`.
      expect(names.some((name) => name.startsWith(tool.replace("'s API", '')))).toBe(true);
    }
  });

  it('has figures of time in the measured part alone, which the bench writes', () => {
    const time = /\d[\d.,]* ?(?:ms|s|seconds|minutes)\b/g;
    expect(before.match(time)).toBeNull();
    expect(after.match(time)).toBeNull();
    expect(measured.match(time)?.length).toBeGreaterThan(20);
    expect(measured).toContain('by `npm run bench`');
  });

  it('names a version and what was read for each tool', () => {
    const sources = rowsBelow('Sources');
    for (const [tool = '', version = '', read = ''] of sources) {
      expect(`${tool}: ${version}`).toMatch(/: .*[\da-f]/);
      expect(read).not.toBe('');
    }
  });
});

describe('the comparison', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('counts each request that was refused or cut as lost, and no other', async () => {
    let [asked, refused, cut] = [0, 0, 0];
    const server = createServer((question, answer) => {
      asked++;
      if (asked % 3 === 0) {
        refused++;
        answer.writeHead(503).end();
      } else if (asked % 5 === 0) {
        cut++;
        question.socket.destroy();
      } else answer.end('here');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const visitors = new Visitors({ origin, old: { path: '/' } } as Site, 2);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(40), { timeout: 60_000 });
    expect(await visitors.stop()).toEqual({ asked, lost: refused + cut });
  });

  it('adds one event with each change, and none before', () => {
    expect(eventPaths(0)).toHaveLength(SIZE.events);
    expect(eventPaths(0)).not.toContain(eventPath(3));
    expect(eventPaths(3)).toHaveLength(SIZE.events + 1);
    expect(eventPaths(3)).toContain(eventPath(3));
  });

  it('names the programs that are not there', () => {
    const found = { path: '/usr/bin/caddy', version: '2.6.2' };
    const none: Programs = {
      navigator: null,
      nginx: null,
      caddy: found,
      confd: null,
      consulTemplate: null,
      platform: null,
    };
    expect(renderMissing(none)).toBe(
      "Not found here, so not measured: Navigator, nginx, confd, consul-template, the platform's scripts.",
    );
    const all = Object.fromEntries(Object.keys(none).map((key) => [key, found])) as unknown as Programs;
    expect(renderMissing(all)).toBe('Every tool that can be run here was found.');
  });

  it('reads the CPU time of a process and of what it has waited for', () => {
    const first = cpuMs([process.pid]);
    let sum = 0;
    while (cpuMs([process.pid]) < first + 50) for (let at = 0; at < 100_000; at++) sum += at;
    expect(sum).toBeGreaterThan(0);
    expect(() => cpuMs([0])).toThrow();
  });
});
