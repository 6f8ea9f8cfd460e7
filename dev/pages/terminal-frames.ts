/** What a program shows on a terminal of its own, as it changes: a real pseudo-terminal (`script`), read by a terminal emulator. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import xterm from '@xterm/headless';

/** Characters of one look. */
interface Run {
  readonly text: string;
  /** One of the terminal's sixteen; null for its usual one. */
  readonly colour: number | null;
  readonly isBold: boolean;
  readonly isFaint: boolean;
}

export type Line = readonly Run[];

export interface Frame {
  /** Milliseconds since the program began. */
  readonly at: number;
  /** Those on the screen, from the top; no empty ones at the end. */
  readonly lines: readonly Line[];
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Milliseconds: what is shown for less than this nobody sees. */
const SHORTEST = 80;

/**
 * Runs a shell command and returns what the screen showed, one frame for each change.
 *
 * @throws when it ends with another code than 0, with what it had shown
 */
export async function recordTerminal(command: string, env: NodeJS.ProcessEnv, size: Size): Promise<Frame[]> {
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  const frames: Frame[] = [];
  const began = performance.now();
  const sized = `stty cols ${size.columns} rows ${size.rows}; ${command}`;
  const child = spawn('script', ['-qefc', sized, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let written: Promise<void> = Promise.resolve();
  child.stdout.on('data', (bytes: Buffer) => {
    const at = Math.round(performance.now() - began);
    written = written
      .then(() => writeTo(terminal, bytes))
      .then(() => addFrame(frames, at, screenOf(terminal)));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  await written;
  if (code !== 0)
    throw new Error(`${command} ended with ${code}:\n${frames.at(-1)?.lines.map(textOf).join('\n')}`);
  return frames;
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

function writeTo(terminal: xterm.Terminal, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => terminal.write(bytes, resolve));
}

/** A frame takes the place of one that would be gone at once. */
function addFrame(frames: Frame[], at: number, lines: readonly Line[]): void {
  const last = frames.at(-1);
  if (last && JSON.stringify(last.lines) === JSON.stringify(lines)) return;
  if (last && at - last.at < SHORTEST) frames.splice(-1, 1, { at: last.at, lines });
  else frames.push({ at, lines });
}

function screenOf(terminal: xterm.Terminal): Line[] {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => lineOf(active.getLine(active.baseY + row)));
  return lines.slice(0, lines.findLastIndex((line) => textOf(line).trim() !== '') + 1);
}

function lineOf(line: xterm.IBufferLine | undefined): Line {
  const runs: Run[] = [];
  for (let column = 0; column < (line?.length ?? 0); column += 1) {
    const cell = line?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const look = {
      colour: cell.isFgPalette() ? cell.getFgColor() : null,
      isBold: cell.isBold() !== 0,
      isFaint: cell.isDim() !== 0,
    };
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    const isSame =
      last && last.colour === look.colour && last.isBold === look.isBold && last.isFaint === look.isFaint;
    if (isSame) runs.splice(-1, 1, { ...last, text: last.text + text });
    else runs.push({ text, ...look });
  }
  const end = runs.at(-1);
  if (end) runs.splice(-1, 1, { ...end, text: end.text.trimEnd() });
  return runs.filter(({ text }) => text !== '');
}
