import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Machine } from '../../support/machine/machine.ts';
import { addProgram, FEW, READY, ready } from '../../support/ready/ready.ts';
import { Holders } from '../../support/system/holders.ts';

/** Back to the beginning of the line, and erase it. */
const ERASE = '\r\u001b[2K';
const HIDE_CURSOR = '\u001b[?25l';

let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root' });
  writeFileSync(machine.path('index.sqlite3'), makeSampleIndex());
});

afterEach(() => machine.remove());

/** Runs the hook on a terminal of its own, so many columns wide; `script` makes it. */
function onTerminal(columns: number, TERM = 'xterm'): ChildProcess {
  const command = `stty cols ${columns}; exec '${READY}' --only pages`;
  return spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], ...machine.env, TERM, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function outputOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  return output;
}

describe('the ready hook on a terminal', () => {
  it('draws a bar below the lines, narrower than the terminal, and removes it at the end', async () => {
    const output = await outputOf(onTerminal(50));
    const bars = output.split(ERASE).flatMap((part) => /Prerender the pages \[.*$/.exec(part)?.[0] ?? []);
    expect(bars.length).toBeGreaterThan(0);
    expect(bars[0]).toMatch(/^Prerender the pages \[[#-]{24}\] \d/);
    for (const bar of bars) expect(bar.length).toBeLessThan(50);
    const lines = output.split('\r\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(line.split(ERASE).at(-1)).toMatch(/^\[\d{4}-\P{C}+$/u);
    expect(output).not.toContain(HIDE_CURSOR);
  });

  it('draws no bar if the terminal cannot show one, and none on a pipe', async () => {
    writeFileSync(machine.path('index.sqlite3'), FEW);
    expect(await outputOf(onTerminal(80, 'dumb'))).not.toContain('\u001b');
    expect((await ready(machine, ['--only', 'pages'])).stdout).not.toContain('\u001b');
  });

  it('ends at Ctrl-C with everything that it started', async () => {
    const holders = new Holders();
    addProgram(machine, 'bin/prerender', holders.command('exec sleep 1000')[2] ?? '');
    const child = onTerminal(80);
    await new Promise<void>((resolve) => {
      let seen = '';
      child.stdout?.on('data', (chunk) => {
        seen += chunk;
        if (seen.includes(': up')) resolve();
      });
    });
    await holders.alive;
    const closed = once(child, 'exit');
    child.stdin?.write('\u0003');
    expect(await closed).toEqual([130, null]);
    await holders.gone;
    holders.remove();
  });
});
