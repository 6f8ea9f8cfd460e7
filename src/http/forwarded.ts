import { BlockList, isIP } from 'node:net';
import { Failure } from '../failure.ts';
import { quoted } from '../text.ts';

/** A request as it was sent to the outermost proxy that is trusted. */
export interface Outer {
  /** Of who asks. */
  readonly address: string;
  /** Host names, with their ports, under which the browser may know this site: what `Host` and the proxies say. */
  readonly hosts: readonly string[];
  readonly proto: 'http' | 'https';
}

export type Trusted = (address: string) => boolean;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Longer than any list that proxies make. */
const MOST_HOPS = 20;

/**
 * Reads the addresses of proxies that are believed: addresses and networks with commas between them, `loopback` for
 * those of this machine.
 *
 * @param setting the variable that the text is from
 * @throws {Failure} `config-invalid`
 */
export function readTrusted(text: string, setting: string): Trusted {
  const list = new BlockList();
  for (const entry of text.split(',').map((one) => one.trim())) {
    if (entry === '') continue;
    if (entry === 'loopback') {
      list.addSubnet('127.0.0.0', 8, 'ipv4');
      list.addAddress('::1', 'ipv6');
      continue;
    }
    const [address = '', bits] = entry.split('/');
    const kind = isIP(address);
    const most = kind === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (kind === 0 || length < 0 || length > most) {
      throw new Failure(
        'config-invalid',
        `${setting} holds ${quoted(entry)}, which is not an address or a network`,
        {
          hint: `Set ${setting} to addresses such as 10.0.0.1, networks such as 10.0.0.0/8, or loopback, with commas between them.`,
        },
      );
    }
    list.addSubnet(address, length, kind === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Who asks, and by which name. Each proxy puts the address that it was asked from at the end of `X-Forwarded-For`; so the
 * list is read from its end, as far as the proxies are trusted. Of the other headers the last entry counts.
 *
 * @param peer address of the other end of the connection
 */
export function outerOf(headers: Headers, peer: string, isTrusted: Trusted): Outer {
  let address = plain(peer);
  const own = listOf(headers['host']).slice(-1);
  if (!isTrusted(address)) return { address, hosts: own, proto: 'http' };
  for (const hop of listOf(headers['x-forwarded-for']).toReversed().slice(0, MOST_HOPS)) {
    const next = plain(hop);
    if (isIP(next) === 0) break;
    address = next;
    if (!isTrusted(address)) break;
  }
  const hosts = [...listOf(headers['x-forwarded-host']).slice(-1), ...own];
  const proto = listOf(headers['x-forwarded-proto']).at(-1) === 'https' ? 'https' : 'http';
  return { address, hosts: [...new Set(hosts)], proto };
}

/** Without a port, and IPv4 in its own form. */
function plain(address: string): string {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase();
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim().toLowerCase()]));
}
