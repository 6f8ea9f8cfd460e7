import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lines, MAX_LINE_BYTES, TAIL_LINES } from '../../../src/child/line-reader.ts';

const LINE = fc.oneof(
  { weight: 8, arbitrary: fc.string({ maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'é\r', 'x'.repeat(MAX_LINE_BYTES), 'y'.repeat(MAX_LINE_BYTES + 1)),
  },
);
const TEXT = fc.array(LINE, { maxLength: 4 * TAIL_LINES }).map((lines) => Buffer.from(lines.join('\n')));
const CHUNK_SIZES = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });

/** The text in pieces of these sizes, one size after the other, over and over. */
function* chunksOf(text: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let piece = 0; at < text.length; piece += 1) {
    const end = at + (sizes[piece % sizes.length] ?? 1);
    yield text.subarray(at, end);
    at = end;
  }
}

function tailOf(lines: Lines, chunks: Iterable<Buffer>): readonly string[] {
  for (const chunk of chunks) lines.add(chunk);
  lines.end();
  return lines.tail;
}

describe('the tail of what a child writes', () => {
  it('has its last lines, with or without a listener, however the output is cut into chunks', () => {
    fc.assert(
      fc.property(TEXT, CHUNK_SIZES, (text, sizes) => {
        const heard: string[] = [];
        const listened = tailOf(new Lines((line) => heard.push(line)), chunksOf(text, sizes));
        expect(listened).toEqual(heard.slice(-TAIL_LINES));
        expect(tailOf(new Lines(), chunksOf(text, sizes))).toEqual(listened);
        expect(tailOf(new Lines(), [text])).toEqual(listened);
      }),
    );
  });
});
