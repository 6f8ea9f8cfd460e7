/** Levels. Ours have four; each costs memory, and an answer of brackets alone would be half a million of them. */
const DEEPEST_JSON = 64;

/** Undefined for text that is not JSON, or is nested deeper than 64 levels. */
export function parseJson(text: string): unknown {
  if (nestsDeeper(text, DEEPEST_JSON)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks only at brackets outside of strings, so it may refuse text that is not JSON anyway. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') inText = !inText;
    else if (inText && character === '\\') at += 1;
    else if (inText) continue;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
