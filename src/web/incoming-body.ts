import type { IncomingMessage } from 'node:http';
import { Failure } from '../failure.ts';
import type { BodyPlace } from '../http/body-places.ts';
import { networkOf } from '../http/logins.ts';
import { duration } from '../text.ts';
import type { Call } from './route.ts';
import type { WebContext } from './web-context.ts';

/**
 * A place for the body of a request that anybody may have sent, before anything of it is read.
 *
 * @param most bytes that it may have; one that does not say how many it has takes as many
 * @throws {Failure} `body-too-large`, `too-many-requests`
 */
export function placeFor(
  { headers, outer }: Pick<Call, 'headers' | 'outer'>,
  { bodies }: Pick<WebContext, 'bodies'>,
  most: number,
): BodyPlace {
  const bytes = Number(headers.get('content-length') ?? most);
  if (bytes > most) throw tooLarge(most);
  return bodies.enter(networkOf(outer.address), bytes);
}

/**
 * Reads a body that has a place, and takes no more memory than that: how small the pieces are in which it comes does not
 * matter, and what has come is let go as soon as it is given up.
 *
 * @param ms that it may take
 * @throws {Failure} `body-incomplete`: it took too long; `body-too-large`; `busy`: another one got the place
 */
export function readIncoming(incoming: IncomingMessage, place: BodyPlace, ms: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let body: Buffer | null = Buffer.alloc(place.bytes);
    let length = 0;
    const end = (): void => {
      body = null;
      clearTimeout(timer);
      place.lost.removeEventListener('abort', onLost);
      incoming.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      if (length + chunk.length > place.bytes) fail(tooLarge(place.bytes));
      else if (body) length += chunk.copy(body, length);
    };
    const onEnd = (): void => {
      const whole = body?.subarray(0, length) ?? Buffer.alloc(0);
      end();
      resolve(whole);
    };
    const onClose = (): void => fail(new Error('the connection was closed'));
    const onLost = (): void => fail(place.lost.reason);
    const timer = setTimeout(() => fail(tooSlow(ms)), ms);
    place.lost.addEventListener('abort', onLost);
    incoming.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function tooSlow(ms: number): Failure {
  return new Failure('body-incomplete', `the body was not there after ${duration(ms)}`, {
    hint: 'Send it again.',
  });
}

function tooLarge(most: number): Failure {
  return new Failure('body-too-large', `a body of more than ${most} bytes is not accepted`, {
    hint: 'Send less at once.',
  });
}
