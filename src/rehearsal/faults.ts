import { digest, type SimMachine } from './machines.ts';

/** What a machine can do wrong, and how that looks from outside. */
export const FAULTS = {
  slow: 'answers as it should, but late',
  fail: 'answers 500',
  refuse: 'answers 403',
  busy: 'answers 503 with Retry-After: 1',
  hang: 'never answers',
  truncate: 'answers, and the connection ends in the middle',
  'wrong-etag': 'answers 200 and names another index than the published one',
  'wrong-machine': 'answers 200 and names another machine',
  'no-result': 'answers 200 without a RESULT line',
  platform: "answers as the platform's own script does",
  die: 'is killed in the middle of its work, and is gone from then on',
} as const;

export type FaultKind = keyof typeof FAULTS;

/** One item of `--faults`: so many machines, or such a part of them, at every request or at their first one only. */
export interface FaultShare {
  readonly kind: FaultKind;
  readonly once: boolean;
  readonly count: number;
  readonly unit: 'machines' | 'percent';
}

export interface MachineFault {
  readonly kind: FaultKind;
  readonly once: boolean;
}

/** A mistake in a list of faults; the message is for the person who wrote it. */
export class FaultListError extends Error {}

/**
 * Reads a list such as `slow=2,hang=1,fail-once=5%`.
 *
 * @throws {FaultListError}
 */
export function parseFaults(text: string): FaultShare[] {
  const items = text.split(',').filter((item) => item.trim() !== '');
  return items.map((item) => {
    const [, kind = '', once, count = '', percent] =
      /^([a-z-]+?)(-once)?=(\d{1,6})(%)?$/.exec(item.trim()) ?? [];
    if (!isFaultKind(kind)) {
      const known = Object.keys(FAULTS).join(', ');
      throw new FaultListError(
        `${JSON.stringify(item)} is not KIND=N, KIND-once=N or KIND=N%, where KIND is one of ${known}`,
      );
    }
    if (percent && Number(count) > 100)
      throw new FaultListError(`${JSON.stringify(item)} is more than 100 %`);
    return {
      kind,
      once: once !== undefined,
      count: Number(count),
      unit: percent ? ('percent' as const) : ('machines' as const),
    };
  });
}

function isFaultKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULTS, text);
}

/**
 * Gives the faults to started machines of the process group `app`, one at most to each. The same machines, list and seed
 * give the same faults. A percentage is of all of them, rounded up.
 *
 * @throws {FaultListError} when there are more faults than machines
 */
export function assignFaults(
  machines: readonly SimMachine[],
  shares: readonly FaultShare[],
  seed: number,
): Map<string, MachineFault> {
  const able = machines
    .filter(({ group, state }) => group === 'app' && state === 'started')
    .map(({ id }) => ({ id, rank: digest(`fault ${seed} ${id}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const assigned = new Map<string, MachineFault>();
  for (const { kind, once, count, unit } of shares) {
    const wanted = unit === 'machines' ? count : Math.ceil((able.length * count) / 100);
    if (assigned.size + wanted > able.length) {
      throw new FaultListError(`there are more faults than started machines (${able.length})`);
    }
    for (const { id } of able.slice(assigned.size, assigned.size + wanted)) assigned.set(id, { kind, once });
  }
  return assigned;
}
