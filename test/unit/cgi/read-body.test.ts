import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from '../../../src/cgi/body.ts';

const HOUR = 3_600_000;

function inputOf(write: (stream: PassThrough) => void) {
  const stream = new PassThrough();
  write(stream);
  return { fd: -1, stream: () => stream };
}

describe('a body that is read', () => {
  it('has the announced length, whatever follows it, even if the sender does not close the pipe', async () => {
    const input = inputOf((stream) => {
      stream.write('ab');
      stream.write('cdef');
    });
    const body = await readBody(input, { length: 4, maxBytes: 10, timeMs: HOUR });
    expect(body).toEqual({ kind: 'whole', bytes: Buffer.from('abcd') });
  });

  it('takes the memory of the announced length once, without a copy', async () => {
    const input = inputOf((stream) => {
      for (let piece = 0; piece < 4; piece++) stream.write(Buffer.alloc(50_000, piece));
    });
    const body = await readBody(input, { length: 199_999, maxBytes: 300_000, timeMs: HOUR });
    if (body.kind !== 'whole') throw new Error(body.kind);
    expect(body.bytes.buffer.byteLength).toBe(199_999);
    expect([0, 50_000, 199_998].map((at) => body.bytes[at])).toEqual([0, 1, 3]);
  });

  it('is everything up to the end if no length was announced', async () => {
    const input = inputOf((stream) => stream.end('abc'));
    expect(await readBody(input, { length: null, maxBytes: 3, timeMs: HOUR })).toMatchObject({
      kind: 'whole',
      bytes: Buffer.from('abc'),
    });
  });

  it('is not read if the announced length is too large, and never beyond the limit', async () => {
    const unread = inputOf((stream) => stream.write('abc'));
    expect(await readBody(unread, { length: 11, maxBytes: 10, timeMs: HOUR })).toEqual({ kind: 'too-large' });
    expect(unread.stream().readableLength).toBe(3);
    const endless = inputOf((stream) => stream.write('abcd'));
    expect(await readBody(endless, { length: null, maxBytes: 3, timeMs: HOUR })).toEqual({
      kind: 'too-large',
    });
  });

  it('is reported as cut short if it ends before its announced length', async () => {
    const short = inputOf((stream) => stream.end('abc'));
    expect(await readBody(short, { length: 4, maxBytes: 10, timeMs: HOUR })).toEqual({
      kind: 'cut-short',
      got: 3,
    });
    const gone = inputOf((stream) => stream.resume().destroy());
    await once(gone.stream(), 'close');
    expect(await readBody(gone, { length: 4, maxBytes: 10, timeMs: HOUR })).toEqual({
      kind: 'cut-short',
      got: 0,
    });
    const broken = inputOf((stream) => stream.destroy(new Error('reset')));
    expect(await readBody(broken, { length: 4, maxBytes: 10, timeMs: HOUR })).toEqual({
      kind: 'cut-short',
      got: 0,
    });
  });

  it('is given up when its time is up', async () => {
    const slow = inputOf((stream) => stream.write('abc'));
    expect(await readBody(slow, { length: 4, maxBytes: 10, timeMs: 1 })).toEqual({
      kind: 'too-slow',
      got: 3,
    });
  });
});
