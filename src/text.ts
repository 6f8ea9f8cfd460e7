/** Text from the index for a message: cut short, in quotes, with everything unprintable escaped. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text.length > 60 ? `${cut(text, 60)}...` : text));
}

/** Text for a message, on one line and with everything unprintable escaped. */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** At most `length` units of UTF-16, no character halved. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}

/** `0.4 ms`, `310 ms`, `1.25 s`, `2 min 5 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms * 10) / 10)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 file`, `3 files` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lines of at most so many columns, broken between words. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
