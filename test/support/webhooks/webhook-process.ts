/**
 * Holds a room with endpoints until it is killed, or until it has done what it is told on standard input, a command a line:
 * `node webhook-process.ts <home> <settings of endpoints as JSON>`. Says each command that it has done.
 */
import { readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { quiet } from '../runs/parts.ts';
import { WebhookRoom } from './webhook-room.ts';

const [home = '', env = '{}'] = process.argv.slice(2);
const room = new WebhookRoom(home).open(JSON.parse(env));
const BALLAST = join(home, 'state/ballast');

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(2);
}

async function obey(command: string, number: number): Promise<void> {
  switch (command) {
    case 'start':
      return void room.start();
    case 'publish':
      return void room.runs.publish('ann', 'administrator');
    case 'quiet':
      return await quiet(room.runs);
    case 'sending':
      return await until(() => room.deliveries.some(({ state }) => state === 'sending'));
    case 'sent':
      return await until(() => room.deliveries.every(({ state }) => state === 'delivered'));
    case 'fill':
      try {
        for (let size = 1 << 22; ; size *= 2) writeFileSync(BALLAST, Buffer.alloc(size));
      } catch {
        return;
      }
    case 'free':
      return rmSync(BALLAST, { force: true });
    case 'problems':
      return await until(() => room.problems.length >= number);
    case 'show':
      return void writeSync(1, `${JSON.stringify(room.deliveries)}\n`);
    default:
      throw new Error(`there is no command ${command}`);
  }
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const [command = '', number = '0'] = line.split(' ');
  await obey(command, Number(number));
  writeSync(1, `${line}\n`);
}
await room.close();
