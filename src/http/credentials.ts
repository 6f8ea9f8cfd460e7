/** The sender that a request names; nothing of it is proved yet. */
export type Credentials =
  | { readonly scheme: 'basic'; readonly userid: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/**
 * Reads an `Authorization` header (RFC 7617, RFC 6750). Null for none, another scheme, or one that cannot be read:
 * all of these prove nothing. The userid loses white space around it, as it does in Navigator.
 */
export function parseAuthorization(header: string | undefined): Credentials | null {
  const match = /^([a-z]+) +(\S+) *$/i.exec(header ?? '');
  const value = match?.[2];
  if (!match || value === undefined) return null;
  switch (match[1]?.toLowerCase()) {
    case 'basic':
      return parseBasic(value);
    case 'bearer':
      return { scheme: 'bearer', token: value };
    default:
      return null;
  }
}

function parseBasic(value: string): Credentials | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return null;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  return { scheme: 'basic', userid: text.slice(0, colon).trim(), password: text.slice(colon + 1) };
}
