import type { FleetEvent, FleetReporter } from '../fleet/fleet-model.ts';

/** One event a line, as JSON with the time that it happened at; the machines' own logs only when asked for. */
export function fleetJson(write: (text: string) => void, { verbose }: { verbose: boolean }): FleetReporter {
  return (event: FleetEvent, at: Date) => {
    if (event.type === 'log' && !verbose) return;
    write(`${JSON.stringify({ at: at.toISOString(), ...event })}\n`);
  };
}
