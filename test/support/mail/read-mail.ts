/** A mail as its receiver has it. */
export interface ReadMail {
  readonly sender: string;
  readonly receivers: readonly string[];
  /** Names in lower case; one line each, as they were sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Reads what nodemailer writes: `multipart/alternative` of a plain text and HTML. */
export function readMail(raw: string, sender: string, receivers: readonly string[]): ReadMail {
  const { headers, body } = parted(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type')?.[0] ?? '')?.[1] ?? '';
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => parted(part.replace(/^\r\n/, '')));
  const of = (type: string): string => {
    const part = parts.find((each) => each.headers.get('content-type')?.[0]?.startsWith(type));
    return part ? decoded(part.body, part.headers.get('content-transfer-encoding')?.[0] ?? '') : '';
  };
  return {
    sender,
    receivers,
    headers,
    subject: words(headers.get('subject')?.[0] ?? ''),
    text: of('text/plain'),
    html: of('text/html'),
  };
}

function parted(raw: string): { headers: Map<string, string[]>; body: string } {
  const at = raw.indexOf('\r\n\r\n');
  const headers = new Map<string, string[]>();
  for (const line of raw
    .slice(0, at)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { headers, body: raw.slice(at + 4) };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  return bytesOf(body.replaceAll(/=\r\n/g, ''));
}

function bytesOf(quoted: string): string {
  const bytes = quoted.replaceAll(/=([0-9A-F]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** RFC 2047. */
function words(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind, text) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString()
        : bytesOf(text.replaceAll('_', ' ')),
    );
}
