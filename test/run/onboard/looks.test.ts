import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, happyWay } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { KEYS, OnboardTerminal } from '../../support/onboard/onboard-terminal.ts';

let surroundings: Surroundings;
let host: NewHost;
let narrow: OnboardTerminal;
beforeAll(async () => {
  surroundings = await Surroundings.start();
  host = new NewHost(surroundings);
  narrow = await shown({}, 44);
});
afterAll(async () => {
  await surroundings.close();
  host.remove();
});

/** The whole way up to the summary, on a terminal like that. */
async function shown(env: Record<string, string>, columns: number): Promise<OnboardTerminal> {
  const terminal = new OnboardTerminal(['--dry-run'], host.env(env), columns);
  await answer(terminal, happyWay(host).slice(0, -1));
  await answer(terminal, [['What now?', KEYS.enter]]);
  expect(await terminal.ended).toBe(0);
  return terminal;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const COLOUR = /\x1b\[(?:3[0-7]|9[0-7])m/;

describe('the wizard', () => {
  it('has colours on a terminal, and none where NO_COLOR is set', async () => {
    expect(narrow.written).toMatch(COLOUR);
    expect((await shown({ NO_COLOR: '1' }, 100)).written).not.toMatch(COLOUR);
  });

  it('keeps its words within a narrow terminal, the guide beside them', () => {
    const above = narrow.screen.split('Would write')[0] ?? '';
    // What is drawn in a frame is cut to fit; what is found is folded between words.
    const lines = above.split('\n');
    expect(lines.filter((line) => line.length > 44)).toEqual([]);
    expect(above).toContain('◇  The directory of databases\n│  (RAILS_DB_VOLUME)\n');
    expect(above).toMatch(/✓ {2}index\.sqlite3 is valid: 161 events, 48\n│ {2}studios/);
  });

  it('does without signs that the console of a server cannot show', async () => {
    const terminal = await shown({ TERM: 'linux' }, 100);
    expect(terminal.plain.replace(/█/g, '')).not.toMatch(/[◆◇│✓●▲]/);
  });

  it('asks nothing on a terminal that cannot move its cursor', async () => {
    const terminal = new OnboardTerminal([], host.env({ TERM: 'dumb' }));
    expect(await terminal.ended).toBe(2);
    expect(terminal.plain).toContain('there is no terminal to ask on');
  });
});
