export const ms = (value: number): string => `${Math.round(value)} ms`;
export const mib = (value: number): string => `${Math.round(value)} MiB`;

/** `at most 3 ms: met`; empty where there is no goal. */
export function goal(value: number, most: number | null, unit = ''): string {
  return most === null ? '' : `at most ${most}${unit && ` ${unit}`}: ${value <= most ? 'met' : 'MISSED'}`;
}

/** A Markdown table: the first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    `|${head.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

/** `1 LIST, 3 GET` */
export function requestsOf(requests: readonly string[]): string {
  const kinds = [...new Set(requests)].sort().reverse();
  return kinds.map((kind) => `${requests.filter((each) => each === kind).length} ${kind}`).join(', ');
}
