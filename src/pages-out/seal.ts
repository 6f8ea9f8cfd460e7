import { hash } from 'node:crypto';

/*
 * How our own pages are recognised: the first line has a digest of everything after it. A page that was written or
 * changed by hand does not match it.
 */

const DOCTYPE = '<!doctype html>';
const SEAL = /^<!doctype html><!-- rendered from the index: sha256 ([0-9a-f]{64}) -->$/;
/** Bytes of the first line, without its end. */
const LENGTH = `${DOCTYPE}<!-- rendered from the index: sha256  -->`.length + 64;
const LINE_FEED = 0x0a;

/** A document with the seal in its first line: the bytes that are written. It must begin with the doctype. */
export function seal(document: string): Buffer {
  if (!document.startsWith(`${DOCTYPE}\n`)) throw new Error('the page has no doctype in its first line');
  const body = Buffer.from(document.slice(DOCTYPE.length + 1));
  const first = `${DOCTYPE}<!-- rendered from the index: sha256 ${hash('sha256', body)} -->\n`;
  return Buffer.concat([Buffer.from(first), body]);
}

/** What a file is: a page of ours as it was written, one that was changed since, or none of ours. */
export function sealOf(bytes: Buffer): 'ours' | 'changed' | 'foreign' {
  if (bytes[LENGTH] !== LINE_FEED) return 'foreign';
  const claimed = SEAL.exec(bytes.toString('latin1', 0, LENGTH))?.[1];
  if (claimed === undefined) return 'foreign';
  return hash('sha256', bytes.subarray(LENGTH + 1)) === claimed ? 'ours' : 'changed';
}
