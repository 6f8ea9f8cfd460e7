import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { report, told } from '../../support/runs/played-update.ts';
import { oneFileOf } from '../../support/suite/one-file.ts';
import { Mounts } from '../../support/system/mounts.ts';
import { KEY } from '../../support/webhooks/hook-sender.ts';
import { WebhookReceiver } from '../../support/webhooks/webhook-receiver.ts';
import { WebhookRoom } from '../../support/webhooks/webhook-room.ts';

// Each kill takes a process that holds the room, under strace.
vi.setConfig({ testTimeout: 180_000 });

const PROCESS = await oneFileOf(join(import.meta.dirname, '../../support/webhooks/webhook-process.ts'));
const AT = '2026-11-30T20:00:00.000Z';
const INDEX = { etag: '"0a1b2c"', sha256: null, size: 1, time: AT, publishedAt: AT, by: null };
const PUBLISHED = told(report({ publish: { kind: 'published', index: INDEX }, index: INDEX }));
const UNCHANGED = told(report({ publish: { kind: 'unchanged', index: INDEX }, index: INDEX }));

let room: WebhookRoom;
let receiver: WebhookReceiver;
beforeEach(async () => {
  room = new WebhookRoom();
  receiver = await WebhookReceiver.start(KEY);
});
afterEach(() => room.remove());

const settings = () => ({ WEBHOOK_URLS: receiver.url, WEBHOOK_SIGNING_KEY: KEY });

/** Has a process do these; gives what it said, and whether it was killed. */
async function hold(
  commands: readonly string[],
  through: readonly string[] = [],
  heard: (text: string) => unknown = () => {},
) {
  const [program = '', ...args] = [
    ...through,
    process.execPath,
    PROCESS,
    room.home,
    JSON.stringify(settings()),
  ];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {}); // it may be killed before it reads
  child.stdin.end(commands.join('\n'));
  child.stdout.on('data', (bytes: Buffer) => heard(String(bytes)));
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (signal === null) expect(code, said).toBe(0);
  return { said: said.split('\n').filter(Boolean), isKilled: signal === 'SIGKILL' };
}

describe('a server that is killed', () => {
  it('while a message is being sent has it sent again, under the same name', async () => {
    receiver.next.push({ kind: 'hang' });
    const first = spawn(process.execPath, [PROCESS, room.home, JSON.stringify(settings())], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    first.stdin.end('start\npublish\nquiet\nsent\n');
    await receiver.has(1);
    first.kill('SIGKILL');
    await once(first, 'close');
    await hold(['start', 'sent']);
    const [one, two] = receiver.heard;
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
    expect(two?.text).toBe(one?.text);
    expect(receiver.wrong).toEqual([]);
  });

  it('at any flush to the disk tells of each run that has ended, and of the index, at least once', async () => {
    room.played.play({ lines: PUBLISHED }, 1);
    room.played.play({ lines: UNCHANGED });
    let kills = 0;
    // Until a process does all that it has to do in fewer.
    for (let at = 1, isKilled = true; isKilled; at += 1) {
      const strace = ['strace', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync'];
      const held = await hold(
        ['start', 'publish', 'quiet', 'sent'],
        [...strace, '-e', `inject=fdatasync,fsync:signal=KILL:when=${at}`],
      );
      isKilled = held.isKilled;
      if (isKilled) kills += 1;
    }
    expect(kills).toBeGreaterThan(5);
    room.open(settings());
    const ended = room.runs.runs({ limit: 1000, states: ['done', 'failed', 'cancelled', 'interrupted'] });
    const told = receiver.heard.filter(({ type }) => type === 'run.finished');
    const ids = new Set(told.map(({ data }) => (data['run'] as { id: string }).id));
    expect([...ids].sort()).toEqual(ended.rows.map(({ id }) => id).sort());
    expect(receiver.types).toContain('index.published');
    expect(receiver.wrong).toEqual([]);
    // Whatever came twice came under the same name, with the same words.
    const names = new Map(receiver.heard.map((one) => [one.headers['webhook-id'], one.text]));
    for (const one of receiver.heard) expect(names.get(one.headers['webhook-id'])).toBe(one.text);
    await room.close();
  });

  it('before it knew what its run had published tells of the index after the run that finds it there', async () => {
    room.played.play({ lines: '', last: 'kill -9 $PPID' }, 1);
    room.played.play({ lines: UNCHANGED }, 2);
    expect((await hold(['start', 'publish', 'quiet'])).isKilled).toBe(true);
    await hold(['start', 'quiet', 'sent']);
    expect(receiver.types).toEqual(['run.finished', 'index.published', 'run.finished']);
  });
});

it('an index that was there before is told to nobody', async () => {
  room.played.play({ lines: UNCHANGED });
  await hold(['start', 'publish', 'quiet', 'publish', 'quiet', 'sent']);
  expect(receiver.types).toEqual(['run.finished', 'run.finished']);
});

it('a disk that takes nothing for a while loses no message, and none comes twice for it', async () => {
  const mounts = await Mounts.open();
  try {
    mkdirSync(join(room.home, 'state'));
    mounts.mountMemory(join(room.home, 'state'), 1024);
    room.played.play({ lines: PUBLISHED });
    let resolve = (): void => {};
    const isFull = new Promise<void>((done) => {
      resolve = done;
    });
    receiver.next.push({ kind: 'wait', until: isFull });
    const { said } = await hold(
      [
        'start',
        'publish',
        'quiet',
        'sending',
        'fill',
        'problems 3',
        'free',
        'publish',
        'quiet',
        'sent',
        'show',
      ],
      mounts.through,
      (text) => text.includes('fill') && resolve(),
    );
    expect(JSON.parse(said.at(-2) ?? '[]')).toHaveLength(4);
    expect(receiver.types).toEqual([
      ...['index.published', 'run.finished', 'index.published', 'run.finished'],
    ]);
  } finally {
    await mounts.close();
  }
});
