import { Failure } from '../../failure.ts';
import type { BodyPlace } from '../../http/body-places.ts';
import { TooManyRequests } from '../../http/http-failures.ts';
import { networkOf } from '../../http/logins.ts';
import { placeFor } from '../incoming-body.ts';
import { sendJson } from '../reply.ts';
import type { Call } from '../route.ts';
import type { WebContext } from '../web-context.ts';

/** Bytes of a body: a batch of ours has a quarter of that at most. */
export const MOST_BYTES = 1024 * 1024;

/** What is known of a request before its body is read. */
export type Admitted = Pick<Call, 'headers' | 'outer'>;

/**
 * Looks at a callback before anything of its body is read. Its length is known before, since the signature is over all of
 * it, and that of 411 and 413 costs nothing.
 *
 * @returns an answer in its place; or the place of a body that may be read
 * @throws {Failure} `body-not-accepted`, `body-too-large`, `too-many-requests`
 */
export function admitCallback(asked: Admitted, context: WebContext): Response | BodyPlace {
  const { headers } = asked;
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new Failure('body-not-accepted', 'a callback is not of the type application/json', {
      hint: 'Send the JSON text with Content-Type: application/json.',
    });
  }
  if (!headers.has('content-length') || headers.has('transfer-encoding'))
    return sendJson({ error: 'length required' }, 411);
  const pause = context.callbackRates.address.take(networkOf(asked.outer.address));
  if (pause > 0) throw new TooManyRequests('this address sends too many requests', pause);
  return placeFor(asked, context, MOST_BYTES);
}
