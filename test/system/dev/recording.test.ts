import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordTerminal, textOf } from '../../../dev/pages/terminal-frames.ts';
import { renderRecording } from '../../../dev/pages/terminal-picture.ts';
import { ROOT } from '../../support/machine/machine.ts';

const PICTURE = 'docs/pictures/live-list.svg';
const home = mkdtempSync(join(tmpdir(), 'recording-test-'));
afterAll(() => rmSync(home, { recursive: true }));

/** The screens of such a picture, in order, each as its lines. */
function screensOf(svg: string): string[][] {
  const texts = new Map(
    [...svg.matchAll(/<text id="(l\d+)"[^>]*>(.*?)<\/text>/g)].map(([, id = '', content = '']) => [
      id,
      content
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&gt;', '>')
        .replaceAll('&lt;', '<')
        .replaceAll('&amp;', '&'),
    ]),
  );
  return [...svg.matchAll(/<g class="f f\d+">(.*?)<\/g>/g)].map(([, uses = '']) =>
    [...uses.matchAll(/href="#(l\d+)"/g)].map(([, id = '']) => texts.get(id) ?? ''),
  );
}

/** Without what is another at each run: ports, times, ETags. */
const lasting = (lines: readonly string[] = []): string[] =>
  lines.map((line) =>
    line
      .replaceAll(/"[0-9a-f]{32}"|\d{4}-\d\d-\d\dT[\d:.]+Z|127\.0\.0\.1:\d+|\d+ bytes/g, '...')
      .replaceAll(/[\d.]+ (ms|s)\b/g, '... s')
      .trimEnd(),
  );

describe('the recording of config-update', () => {
  let now: string;
  beforeAll(async () => {
    const out = join(home, 'live-list.svg');
    await promisify(execFile)(process.execPath, [join(ROOT, 'dev/pages/record.ts'), '--out', out]);
    now = readFileSync(out, 'utf8');
  });

  it('that the documents show is what the built executable shows today', () => {
    const [shown, today] = [readFileSync(join(ROOT, PICTURE), 'utf8'), now].map(screensOf);
    expect(lasting(shown?.at(-1))).toEqual(lasting(today?.at(-1)));
    expect(lasting(shown?.[0])[0]).toBe('$ scripts/config-update');
  });

  it('shows machines that are asked, then each of eight updated, and how many', () => {
    const asked = (lines: readonly string[]) => lines.filter((line) => line.endsWith('asked')).length;
    for (const svg of [now, readFileSync(join(ROOT, PICTURE), 'utf8')]) {
      const screens = screensOf(svg);
      expect(Math.max(...screens.map(asked))).toBeGreaterThan(0);
      const end = screens.at(-1) ?? [];
      expect(end.filter((line) => / updated +"[0-9a-f]{32}" /.test(line))).toHaveLength(8);
      expect(end).toContain('Successfully updated: 8 machines');
    }
  });

  it('in the documents has all eight asked at once, and none done; when the first is done is chance', () => {
    const screens = screensOf(readFileSync(join(ROOT, PICTURE), 'utf8'));
    const first = screens.find((lines) => lines.filter((line) => line.endsWith('asked')).length === 8);
    expect(first?.some((line) => line.includes('] 0/8  0 %'))).toBe(true);
  });

  it('is small, and needs no script, no font and nothing of another host', () => {
    const svg = readFileSync(join(ROOT, PICTURE), 'utf8');
    expect(Buffer.byteLength(svg)).toBeLessThan(150_000);
    expect(svg).not.toMatch(/<script|@font-face|@import|url\(|foreignObject/);
    expect(svg.match(/https?:\/\/(?!127\.0\.0\.1:)[^"< ]+/g)).toEqual(['http://www.w3.org/2000/svg']);
  });
});

describe('a recording of a terminal', () => {
  const size = { columns: 20, rows: 4 };

  it('has what stood on the screen: colours, what was written over, what scrolled away', async () => {
    const command = `printf 'one\\n\\033[32mtwo <&>\\033[0m\\n'; sleep 0.3; printf '\\033[1A\\033[2Kover\\n3\\n4\\n5'`;
    const frames = await recordTerminal(command, process.env, size);
    expect(frames[0]?.lines.map(textOf)).toEqual(['one', 'two <&>']);
    expect(frames[0]?.lines[1]).toEqual([{ text: 'two <&>', colour: 2, isBold: false, isFaint: false }]);
    expect(frames.at(-1)?.lines.map(textOf)).toEqual(['over', '3', '4', '5']);
    const svg = renderRecording(frames, 'a "title" & more', size);
    expect(screensOf(svg).at(-1)).toEqual(['over', '3', '4', '5']);
    expect(svg).toContain('>two &lt;&amp;&gt;</tspan>');
    expect(svg).toContain('<title id="t">a "title" &amp; more</title>');
  });

  it('of a program that fails is an error with what it showed', async () => {
    const failing = recordTerminal('echo no such machine; exit 3', process.env, size);
    await expect(failing).rejects.toThrow(/ended with 3:\nno such machine/);
  });
});
