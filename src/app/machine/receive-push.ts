import { gunzipSync } from 'node:zlib';
import { type Body, type Input, leaveBody, readBody } from '../../cgi/body.ts';
import { headerProblem, type Push } from '../../cgi/push-request.ts';
import { discardRest } from '../../cgi/request.ts';
import { Failure } from '../../failure.ts';
import { claimId } from '../../journal/pushed-ids.ts';
import { isSigned, readKeys } from '../../signature.ts';
import { parseTime } from '../../time.ts';
import { type PushedIndex, pushedIndex } from '../../update/pushed.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import type { World } from './machine-context.ts';
import { takePushSlot } from './slots.ts';

/** Milliseconds for the whole body: it takes one of a few places, and its sender is not verified yet. */
const BODY_MS = 30_000;

const SETTING = 'UPDATE_CONFIG_KEY_FILE';

interface Receiving {
  readonly world: World;
  readonly context: Pick<UpdateContext, 'site' | 'settings'>;
  /** Where the body comes from. */
  readonly input: Input;
  /** Told what is for the log alone. */
  readonly note: (message: string) => void;
}

/**
 * Takes the index from a request after verifying its sender: who sent it, when and how often is known before its
 * content is read. The reason why a push does not count is only for the log: the sender learns only that it does not.
 *
 * @throws {Failure} `body-not-accepted`, `unauthorized`, `body-too-large`, `body-incomplete`, `index-too-large`,
 *   `index-invalid`, `busy`, `config-invalid`, `disk`
 */
export async function receivePush(push: Push, receiving: Receiving): Promise<PushedIndex> {
  try {
    const body = await readSigned(push, receiving);
    const image = unpacked(push, body, receiving.context.settings.maxIndexBytes);
    return pushedIndex(image, changedAt(push));
  } catch (error) {
    await discardRest(receiving.input);
    throw error;
  }
}

async function readSigned(push: Push, { world, context, input, note }: Receiving): Promise<Buffer> {
  const keys = keysOf(world);
  const { site, settings } = context;
  const refuse = (problem: string | null): void => {
    if (problem === null) return;
    note(`a pushed index was refused: ${problem}`);
    throw notLetIn();
  };
  refuse(headerProblem(push, seconds()));
  const body = await readWhole(input, push, site.dbDir, settings.maxIndexBytes);
  refuse(isSigned(push.signature, { ...push, body }, keys) ? null : 'no signature is right by any key');
  refuse(claimId(site.dbDir, { id: push.id, timestamp: Number(push.timestamp) }, seconds()));
  return body;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** @throws {Failure} `body-not-accepted`: this machine has none; `config-invalid` */
function keysOf({ env, problems }: World): Buffer[] {
  const problem = problems?.get('UPDATE_CONFIG_KEY');
  if (problem) throw problem;
  const text = env['UPDATE_CONFIG_KEY'];
  if (text) return readKeys(text, SETTING);
  throw new Failure(
    'body-not-accepted',
    'an index was sent, but this machine does not accept one in a request',
    {
      hint: `To have it taken, set ${SETTING} here to a file with the key that its sender signs with. Without it, send the POST request without a body.`,
    },
  );
}

async function readWhole(input: Input, push: Push, dbDir: string, maxBytes: number): Promise<Buffer> {
  const slot = takePushSlot({ dbDir });
  try {
    const body = await readBody(input, { length: push.length, maxBytes, timeMs: BODY_MS });
    if (body.kind !== 'whole') throw unread(body, push.length, maxBytes);
    leaveBody(input);
    return body.bytes;
  } finally {
    slot?.release();
  }
}

function unread(body: Exclude<Body, { kind: 'whole' }>, length: number | null, maxBytes: number): Failure {
  switch (body.kind) {
    case 'too-large':
      return new Failure('body-too-large', `the body has more than the ${maxBytes} bytes allowed`, {
        hint: 'Check what was sent; raise UPDATE_CONFIG_MAX_INDEX_MIB if it is right.',
      });
    case 'cut-short':
      return incomplete(`the body ended after ${body.got} of ${length} bytes`);
    case 'too-slow':
      return incomplete(`only ${body.got} bytes of the body came within ${BODY_MS / 1000} s`);
  }
}

function incomplete(message: string): Failure {
  return new Failure('body-incomplete', message, { hint: 'Send it again.' });
}

/** The same words whatever the reason is. */
function notLetIn(): Failure {
  return new Failure('unauthorized', 'the index that was sent has no signature that is valid here', {
    hint: `Sign each request anew, with an id of its own, the time, and a key of ${SETTING} of this machine; compare the clocks. The log of this machine says what was wrong.`,
  });
}

/** @throws {Failure} `index-too-large`, `index-invalid` */
function unpacked({ encoding }: Push, body: Buffer, maxBytes: number): Buffer {
  if (encoding === 'none') return body;
  try {
    const { buffer, engine } = gunzipSync(body, {
      maxOutputLength: maxBytes,
      info: true,
    }) as unknown as Unpacked;
    if (engine.bytesWritten === body.length) return buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Failure('index-too-large', `the index has more than the ${maxBytes} bytes allowed`, {
        hint: 'Check what was sent; raise UPDATE_CONFIG_MAX_INDEX_MIB if it is right.',
      });
    }
  }
  throw new Failure('index-invalid', 'the body is not one whole file of gzip, as its Content-Encoding says', {
    hint: 'Compress it anew, and sign what is sent.',
  });
}

/** What `info` gives, which the types of Node do not know. */
interface Unpacked {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * When the index was last changed: by its sender, but not after it was signed. That time is not signed, and neither is
 * `force`: an attacker who can alter a request on its way decides only how old an index counts that was signed just
 * now.
 */
function changedAt({ lastModified, timestamp }: Push): Date {
  const signed = new Date(Number(timestamp) * 1000);
  if (lastModified === '') return signed;
  const stated = parseTime(lastModified);
  if (!stated) {
    throw new Failure('usage', 'Last-Modified is not a time', {
      hint: 'Send it as HTTP has it, or leave it out.',
    });
  }
  return stated < signed ? stated : signed;
}
