/** The file that is run: the preamble that every Node can read, and the program in a comment below it. */

/** Stands where the program has the two characters that would end the comment. */
const CUT = '*@@/';

/**
 * @param preamble text of preamble.cjs
 * @param facts name and version to be shown, and the program as the body of a CommonJS module
 */
export function renderExecutable(preamble, { name, version, text }) {
  const program = `(function (exports, require, module, __filename, __dirname) {\n${text}})`;
  // Read back as one byte a character, which is what makes it quick to load; esbuild escapes everything else.
  if (/\P{ASCII}/u.test(program)) throw new Error(`${name}: the bundle holds more than ASCII`);
  if (program.includes(CUT)) throw new Error(`${name}: the bundle holds the reserved text ${CUT}`);
  const head = preamble.replaceAll('@NAME@', name).replaceAll('@VERSION@', version).replaceAll('@CUT@', CUT);
  return `${head}\n/* PROGRAM\n${program.replaceAll('*/', CUT)}\n*/\n`;
}
