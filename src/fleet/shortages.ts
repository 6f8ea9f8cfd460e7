import type { FleetError } from '../report/fleet-results.ts';

/** What this host has too little of for one more connection, and what an operator does about it. */
const SHORTAGES: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  EMFILE: [
    'too many files are open in config-update',
    'Each connection is one: raise the limit of this process (ulimit -Hn; LimitNOFILE= of a unit), or ask fewer machines at once (--concurrency, FLEET_CONCURRENCY).',
  ],
  ENFILE: [
    'too many files are open on this host',
    'Raise its limit (sysctl fs.file-max), or ask fewer machines at once (--concurrency, FLEET_CONCURRENCY).',
  ],
  EADDRNOTAVAIL: [
    'this host has no port left for another connection',
    'Allow it more (sysctl net.ipv4.ip_local_port_range), or ask fewer machines at once (--concurrency, FLEET_CONCURRENCY).',
  ],
  ENOBUFS: [
    'this host has no memory left for another connection',
    'Ask fewer machines at once (--concurrency, FLEET_CONCURRENCY).',
  ],
};

/** The error of a connection that this host could not open, by the system's code; null where the other side is the reason. */
export function shortageOf(code: string): FleetError | null {
  const [message, hint] = SHORTAGES[code] ?? [];
  if (message === undefined || hint === undefined) return null;
  return { code: 'machine-failed', message: `no connection: ${message} (${code})`, hint };
}
