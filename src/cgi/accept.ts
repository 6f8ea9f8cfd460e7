/** The two forms an answer can have. */
export type AnswerForm = 'text' | 'json';

interface Preference {
  readonly quality: number;
  /** 2 for a full media type, 1 for `application/*`, 0 for a wildcard, -1 when nothing in the header fits. */
  readonly specificity: number;
  /** Place in the header: what is named first wins a tie. */
  readonly position: number;
}

/**
 * Which form an `Accept` header prefers (RFC 9110, 12.5.1): the higher quality, then the more specific range, then what
 * is named first. Without the header, and where it accepts neither, text: an answer in the wrong form helps more than
 * none.
 */
export function preferredForm(accept: string | undefined): AnswerForm {
  if (!accept) return 'text';
  const ranges = accept.split(',').map(parseRange);
  const text = preference(ranges, 'text', 'plain');
  const json = preference(ranges, 'application', 'json');
  return compare(json, text) > 0 ? 'json' : 'text';
}

interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

function parseRange(range: string): Range {
  const [media = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = media.split('/');
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, subtype, quality: weight === undefined ? 1 : readWeight(weight) };
}

/** A weight that is not one (RFC 9110 allows `0` to `1` with three decimals) takes its range out of the choice. */
function readWeight(weight: string): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
}

/** The most specific range that covers the type says how much it is wanted. */
function preference(ranges: readonly Range[], type: string, subtype: string): Preference {
  let best: Preference = { quality: 0, specificity: -1, position: ranges.length };
  for (const [position, range] of ranges.entries()) {
    const specificity = coverage(range, type, subtype);
    if (specificity > best.specificity) best = { quality: range.quality, specificity, position };
  }
  return best;
}

function coverage(range: Range, type: string, subtype: string): number {
  if (range.type === type) return range.subtype === subtype ? 2 : range.subtype === '*' ? 1 : -1;
  return range.type === '*' && range.subtype === '*' ? 0 : -1;
}

function compare(a: Preference, b: Preference): number {
  if (a.quality !== b.quality) return a.quality - b.quality;
  if (a.quality === 0) return 0;
  if (a.specificity !== b.specificity) return a.specificity - b.specificity;
  return b.position - a.position;
}
