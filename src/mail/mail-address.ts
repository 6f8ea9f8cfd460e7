/** Somebody's name and address, as a header has them. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Characters of an address, by RFC 5321. */
const LONGEST = 254;
/** No list, no group, no comment, nothing quoted: what a header could read as anything but one address is none. */
const ADDRESS = /^[^\s\p{C}@<>(),;:\\"[\]]+@[^\s\p{C}@<>(),;:\\"[\]]+$/u;

export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST && ADDRESS.test(text);
}

/** `Showcases <showcases@example.com>`, or the address alone; null for anything else. */
export function readMailbox(text: string): Mailbox | null {
  const [, name = '', inner] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? [];
  const address = (inner ?? text).trim();
  if (!isMailAddress(address) || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return null;
  return { name: name.trim().replaceAll(/^"|"$/g, ''), address };
}
