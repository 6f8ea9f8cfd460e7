import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, happyWay, type Stop } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { KEYS, OnboardTerminal } from '../../support/onboard/onboard-terminal.ts';

const { enter, down, up, clear, interrupt } = KEYS;

let surroundings: Surroundings;
let host: NewHost;
beforeAll(async () => {
  surroundings = await Surroundings.start();
  host = new NewHost(surroundings);
});
afterAll(async () => {
  await surroundings.close();
  host.remove();
});

/** Wrong answers to a question of the happy way, and why they are refused. */
const WRONG: readonly (readonly [question: string, wrong: string, why: string])[] = [
  ["The application's directory", 'rails', 'begins with a slash'],
  ["The application's directory", '/nowhere/at/all', 'There is no such directory.'],
  ['The directory of databases', '', 'A directory is needed.'],
  ['Address of the store', 'ftp://example.com', 'is not an http(s) URL'],
  ['Address of the store', 'https://me:word@example.com', 'must not hold a user or a password'],
  ['Bucket (BUCKET_NAME)', 'Show Case', 'is not the name of a bucket'],
  ['Region (AWS_REGION)', 'eu west', 'is not the name of a region'],
  ['Name of the Fly app', 'smo oth', 'is not the name of a Fly app'],
  ['Name of the administrator', 'ada:word', 'A name has no colon'],
  ['Where it answers', 'http://example.com/showcase', 'does not begin with https://'],
  ['Where its pages are seen', 'example.com', 'is not the address of a site'],
  ['Callback URL:', '', 'An address is needed.'],
  ['Callback URL:', 'http://dashboard.example/api', 'is not encrypted'],
  ['Callback URL:', 'https://me:word@dashboard.example', 'holds a user or a password'],
];

describe('a malformed answer', () => {
  it('is refused at once, with the reason, and asked for again', async () => {
    const terminal = new OnboardTerminal([], host.env());
    for (const [question, keys] of happyWay(host).slice(0, -1)) {
      await terminal.asked(question);
      // A secret is asked for twice: how it comes, and then itself.
      for (const [, wrong, why] of WRONG.filter(([of]) => question.startsWith(of))) {
        terminal.type(`${clear}${wrong}${enter}`);
        await terminal.see(why);
      }
      terminal.type(keys);
    }
    await terminal.asked('Save this?');
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
    expect(terminal.screen).toContain('index.sqlite3 is valid');
    expect(terminal.plain).not.toContain('me:word@example.com is');
  });
});

describe('a file that shall hold a secret', () => {
  it('is refused where it is not there, or others can read it', async () => {
    const open = join(host.home, 'open-secret');
    const closed = join(host.home, 'closed-secret');
    writeFileSync(open, 'word\n', { mode: 0o644 });
    chmodSync(open, 0o644);
    writeFileSync(closed, `${surroundings.published.settings.accessKeyId}\n`, { mode: 0o600 });
    const terminal = new OnboardTerminal([], host.env());
    await answer(terminal, happyWay(host).slice(0, 6));
    await answer(terminal, [['Key id', `${down}${enter}`]]);
    await terminal.asked('File with it: Key id');
    for (const [path, why] of [
      ['/nowhere', 'is not there'],
      [open, 'can be read by others'],
    ] as const) {
      terminal.type(`${clear}${path}${enter}`);
      await terminal.see(why);
    }
    terminal.type(`${clear}${closed}${enter}`);
    await terminal.asked('Secret key');
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
  });
});

describe('an answer that nothing answers at', () => {
  const nothing = 'http://127.0.0.1:1';
  const again: Stop = ['What now?', enter];
  const anyway: Stop = ['What now?', `${down}${enter}`];

  it('may be kept all the same, or given anew', async () => {
    const way = happyWay(host);
    const store = way.findIndex(([question]) => question.startsWith('Address of the store'));
    const terminal = new OnboardTerminal(
      [],
      host.env({ APP_ROOT: host.appRoot, RAILS_DB_VOLUME: host.dbDir }),
    );
    await answer(terminal, [['This is known already', enter]]);
    await answer(terminal, way.slice(2, store));
    await answer(terminal, [
      ['Address of the store', `${clear}${nothing}${enter}`],
      ...way.slice(store + 1, 10),
    ]);
    await terminal.see('ECONNREFUSED');
    await answer(terminal, [
      again,
      ['How do machines get the index?', enter],
      ['Address of the store', enter],
      ['Bucket', enter],
      ['Region', enter],
      ['Key id', enter],
      ['Secret key', enter],
      anyway,
      ['Which machines', interrupt],
    ]);
    expect(await terminal.ended).toBe(130);
  });
});

describe('the summary', () => {
  it('leads to any part once more, and to the beginning', async () => {
    const way = happyWay(host);
    const terminal = new OnboardTerminal(['--dry-run'], host.env());
    await answer(terminal, way.slice(0, -1));
    await answer(terminal, [
      ['What now?', `${down}${enter}`],
      ['Which part?', `${down}${down}${down}${down}${enter}`],
      ['Is there a web part', `${up}${up}${enter}`],
    ]);
    await terminal.see('Web part     none');
    await answer(terminal, [['What now?', `${down}${down}${enter}`]]);
    await terminal.asked("The application's directory");
    terminal.type(interrupt);
    expect(await terminal.ended).toBe(130);
  });
});
