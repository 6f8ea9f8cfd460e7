/** The file that is run: the preamble that every Node can read, and the program's parts in a comment below it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the preamble consists of, relative to the root: the file itself, then what it holds as functions. */
export const PREAMBLE_FILES = [
  'dev/build/preamble.cjs',
  'dev/build/preamble/safe-path.cjs',
  'dev/build/preamble/newer-node.cjs',
  'dev/build/preamble/code-cache.cjs',
];

/** Stands where the program has the two characters that would end the comment. */
const CUT = '*@@/';

/** The text of preamble.cjs, in which each file of preamble/ stands as a function of `module` and `load`. */
export async function readPreamble(root) {
  const [whole, ...held] = await Promise.all(
    PREAMBLE_FILES.map((path) => readFile(join(root, path), 'utf8')),
  );
  return held.reduce((text, body, at) => {
    const place = `'@${PREAMBLE_FILES[at + 1].split('/').at(-1)}@'`;
    if (!text.includes(place)) throw new Error(`preamble.cjs has no place for ${place}`);
    return text.replace(place, () => `(module, load) => {\n${body}}`);
  }, whole);
}

/**
 * @param preamble what `readPreamble` gives
 * @param facts name and version to be shown, and the program's parts (see bundle.mjs): the first module of the first one is
 * run
 */
export function renderExecutable(preamble, { name, version, parts }) {
  const texts = parts.map((part) => wrap(name, part));
  const digest = createHash('sha256').update(texts.join('')).digest('hex').slice(0, 16);
  // Places are counted from the end of the file, since the list of them stands before it and is of any length.
  let fromEnd = TAIL.length;
  const places = texts.toReversed().map((text) => {
    fromEnd += text.length;
    return { fromEnd, length: text.length };
  });
  const head = (lines) => {
    const list = parts.map((part, at) => {
      const place = places.at(-1 - at);
      return [part.map((module) => module.name), place.fromEnd, place.length, lines[at]];
    });
    return preamble
      .replaceAll('@NAME@', name)
      .replaceAll('@VERSION@', version)
      .replaceAll('@DIGEST@', digest)
      .replaceAll('@CUT@', CUT)
      .replace("['@PARTS@']", () => JSON.stringify(list))
      .concat('\n/*\n');
  };
  // Lines, for stack traces. The list is one line whatever it holds.
  let line = lineCount(head([]));
  const lines = texts.map((text) => {
    const start = line;
    line += lineCount(text);
    return start;
  });
  return head(lines) + texts.join('') + TAIL;
}

const TAIL = '*/\n';

const lineCount = (text) => text.split('\n').length - 1;

/**
 * A part as a list of functions of what CommonJS gives a module, one byte a character, without a comment's end.
 */
function wrap(name, part) {
  return `[${part.map((module) => wrapModule(name, module)).join(',')}]\n`;
}

function wrapModule(name, module) {
  const text = `(function (exports, require, module, __filename, __dirname) {\n${module.text}})\n`;
  // esbuild escapes everything else.
  if (/\P{ASCII}/u.test(text)) throw new Error(`${name}: ${module.name} holds more than ASCII`);
  if (text.includes(CUT)) throw new Error(`${name}: ${module.name} holds the reserved text ${CUT}`);
  return text.replaceAll('*/', CUT);
}
