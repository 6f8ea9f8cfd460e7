/** Milliseconds, edits and characters that a diff may cost; beyond them it is one line. */
const TIMEOUT_MS = 2_000;
const MOST_EDITS = 20_000;
const MOST_CHARACTERS = 256 * 1024;
const CONTEXT_LINES = 3;

/**
 * Unified diff of two versions of a file, empty if they are alike. If the comparison would take too long, the sizes are
 * given instead; a diff too long to read is cut off with a line that says so. Such lines begin with `\`, which `patch`
 * skips. So every line begins with one of ` +-@\`.
 */
export async function unifiedDiff(before: string, after: string, path: string): Promise<string> {
  if (before === after) return '';
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const patch = createTwoFilesPatch(path, path, before, after, 'installed', 'new', {
    context: CONTEXT_LINES,
    timeout: TIMEOUT_MS,
    maxEditLength: MOST_EDITS,
    headerOptions: FILE_HEADERS_ONLY,
  });
  if (patch === undefined) {
    return `\\ ${path}: too much differs to be shown (${lines(before)} lines before, ${lines(after)} after)\n`;
  }
  return shorten(patch);
}

function shorten(patch: string): string {
  if (patch.length <= MOST_CHARACTERS) return patch;
  const end = patch.lastIndexOf('\n', MOST_CHARACTERS) + 1;
  return `${patch.slice(0, end)}\\ ${lines(patch.slice(end))} more lines are not shown\n`;
}

function lines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
