import { Failure } from '../failure.ts';
import { isPrivateWay } from '../private-way.ts';

/** Characters. */
const LONGEST = 2000;

/**
 * Reads the address of a dashboard. White space around it, and slashes at the end of its path, do not count; its query stays.
 *
 * @throws {Failure} `config-invalid`; never with more of the address than its origin, since there may be a token in the rest
 */
export function readCallbackUrl(text: string): URL {
  const given = text.trim();
  if (given.length > LONGEST) throw unusable(`has more than ${LONGEST} characters`);
  if (/[\s\p{C}]/u.test(given)) throw unusable('holds white space or control characters');
  const url = URL.parse(given);
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(given))
    throw unusable('is not an address that begins with https://');
  if (url.username !== '' || url.password !== '') throw unusable('holds a user or a password');
  if (given.includes('#')) throw unusable('has a fragment (#)');
  if (!isPrivateWay(url)) {
    throw unusable(`is not encrypted: everybody on the way to ${url.host} could read what is sent`);
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function unusable(why: string): Failure {
  return new Failure('config-invalid', `callback_url ${why}`, {
    hint: 'Set callback_url in deploy.enc to an address such as https://dashboard.example/api/deploys.',
  });
}
