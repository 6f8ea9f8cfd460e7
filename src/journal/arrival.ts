import { readFileSync } from 'node:fs';
import type { Arrival } from './journal-model.ts';

/** This moment, in the clock that runs of all processes since the last boot share. */
export function moment(): Arrival {
  return { bootId: readBootId(), monotonicNs: process.hrtime.bigint() };
}

/**
 * When this process began. Its request was sent before that, so a run that began later has seen everything that the
 * sender wanted it to see.
 */
export function arrival(): Arrival {
  const { bootId, monotonicNs } = moment();
  return { bootId, monotonicNs: monotonicNs - BigInt(Math.round(process.uptime() * 1e9)) };
}

/** Once: no process outlives the boot that it was started in. */
let bootId: string | null | undefined;

function readBootId(): string | null {
  if (bootId === undefined) {
    try {
      bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim() || null;
    } catch {
      bootId = null;
    }
  }
  return bootId;
}
