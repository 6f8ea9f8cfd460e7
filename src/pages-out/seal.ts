import { hash } from 'node:crypto';

/*
 * How our own files are recognised. A page, and any other text, has a line with a digest of everything else in it; an
 * asset has a digest in its name. A file that was written or changed by hand fits neither.
 */

const WORDS = 'rendered from the index: sha256 ';

interface Seal {
  /** What the text begins with: its first line, which becomes the first part of the line with the digest. */
  readonly opening: string;
  readonly before: string;
  readonly after: string;
}

const XML: Seal = { opening: '<?xml version="1.0" encoding="UTF-8"?>', before: '<!-- ', after: ' -->' };

/** By what a name ends with. */
const SEALS: Readonly<Record<string, Seal>> = {
  html: { opening: '<!doctype html>', before: '<!-- ', after: ' -->' },
  xml: XML,
  txt: { opening: '', before: '# ', after: '' },
};

const DIGEST = /^[0-9a-f]{64}$/;
const LINE_FEED = 0x0a;

/** The name of an asset; the group is the beginning of its digest. */
const ASSET = /^pages-(?:[a-z]+-)+([0-9a-f]{16})\.[a-z]+$/;

/** What a file is: one of ours as it was written, one that was changed since, or none of ours. */
export type Origin = 'intact' | 'changed' | 'foreign';

/**
 * The bytes that are written: a document with the digest in its first line, which must be that of its kind; an asset as
 * it is.
 */
export function seal(name: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  if (ASSET.test(name)) {
    if (originOf(name, bytes) !== 'intact') throw new Error('the name of the asset has another digest');
    return bytes;
  }
  const kind = sealFor(name);
  if (!kind) throw new Error('no such kind of file can be recognised later');
  const { opening } = kind;
  const text = bytes.toString();
  if (opening !== '' && !text.startsWith(`${opening}\n`))
    throw new Error(`the file does not begin with ${opening}`);
  const body = opening === '' ? bytes : bytes.subarray(opening.length + 1);
  return Buffer.concat([Buffer.from(firstLine(kind, hash('sha256', body))), body]);
}

/** @param name of the file, without its directories */
export function originOf(name: string, bytes: Buffer): Origin {
  const inName = ASSET.exec(name)?.[1];
  if (inName !== undefined) return hash('sha256', bytes).startsWith(inName) ? 'intact' : 'changed';
  const kind = sealFor(name);
  if (!kind) return 'foreign';
  const length = firstLine(kind, '0'.repeat(64)).length;
  if (bytes[length - 1] !== LINE_FEED) return 'foreign';
  const line = bytes.toString('latin1', 0, length);
  const from = kind.opening.length + kind.before.length + WORDS.length;
  const claimed = line.slice(from, from + 64);
  if (!DIGEST.test(claimed) || line !== firstLine(kind, claimed)) return 'foreign';
  return hash('sha256', bytes.subarray(length)) === claimed ? 'intact' : 'changed';
}

/** What an asset is called apart from its digest, such as `style.css`; null for any other name. */
export function assetOf(name: string): string | null {
  const [, digest] = ASSET.exec(name) ?? [];
  return digest === undefined ? null : name.slice('pages-'.length).replace(`-${digest}`, '');
}

function sealFor(name: string): Seal | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(SEALS, ending) ? SEALS[ending] : undefined;
}

function firstLine({ opening, before, after }: Seal, digest: string): string {
  return `${opening}${before}${WORDS}${digest}${after}\n`;
}
