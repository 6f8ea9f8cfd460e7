import { FAULTS, type MachineFault } from './faults.ts';
import type { SimMachine } from './machines.ts';
import type { SimEvent } from './sim-event.ts';

/** Characters of a path, a stream or a message that are shown. */
const MAX_SHOWN = 200;

/** One line, without its end; text from clients is made safe. */
export function renderEvent(event: SimEvent, at: Date): string {
  const time = at.toISOString().slice(11, 23);
  switch (event.type) {
    case 'request': {
      const { machine, method, path, status, ms, detail } = event;
      const who = machine ? `${machine.id} ${machine.region}: ` : '';
      const end = status === null ? 'no answer' : String(status);
      return `${time} ${who}${plain(`${method} ${path}`)}: ${end}, ${Math.round(ms)} ms${detail ? ` (${plain(detail)})` : ''}`;
    }
    case 'broadcast':
      return `${time} broadcast to ${plain(event.stream)}: ${plain(JSON.stringify(event.data) ?? '')}`;
    case 'state':
      return `${time} ${event.machine.id} ${event.machine.region}: now ${event.machine.state}${event.detail ? ` (${plain(event.detail)})` : ''}`;
    case 'faults':
      return `${time} faults: ${event.count === 0 ? 'none from now on' : `${event.count} machines have one`}`;
  }
}

/** Text from outside, kept to one line of what can be printed. */
function plain(text: string): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return clean.length > MAX_SHOWN ? `${clean.slice(0, MAX_SHOWN)}...` : clean;
}

/** Machines that are listed one by one at the start; those with a fault always are. */
const MAX_LISTED = 20;

/** Describes the simulated fleet to the person who started it. */
export function renderIntroduction(options: {
  readonly url: string;
  readonly app: string;
  readonly machines: readonly SimMachine[];
  readonly faults: ReadonlyMap<string, MachineFault>;
  /** Where the machines' directories are; null when they have none. */
  readonly home: string | null;
  /** Endpoint of the object store; null without one. */
  readonly store: string | null;
}): string {
  const { url, app, machines, faults, home, store } = options;
  const shown = machines.filter(({ id }, at) => machines.length <= MAX_LISTED || faults.has(id) || at < 3);
  const lines = shown.map(({ id, region, group, state }) => {
    const fault = faults.get(id);
    const wrong = fault ? `  ${fault.kind}${fault.once ? ', once' : ''}: ${FAULTS[fault.kind]}` : '';
    return `  ${id}  ${region}  ${group}  ${state.padEnd(9)}${wrong}`.trimEnd();
  });
  const left = machines.length - shown.length;
  return [
    `${machines.length} machines of ${app} at ${url}`,
    ...lines,
    ...(left > 0 ? [`  and ${left} more`] : []),
    ...(home === null ? [] : [`Their directories: ${home}/<id>/rails and ${home}/<id>/db`]),
    ...(store === null ? [] : [`Object store: ${store} (what is published goes there, rehearsal or not)`]),
    '',
  ].join('\n');
}

/** The variables that aim config-update at the simulator and at nothing else, for a shell to read. */
export function renderVariables(options: {
  readonly url: string;
  readonly app: string;
  readonly token: string;
  /** Path of the stand-in for flyctl; null for none. */
  readonly flyctl: string | null;
}): string {
  const { url, app, token, flyctl } = options;
  const variables: Record<string, string> = {
    FLEET_FLY_APP: app,
    FLEET_FLY_URL: `${url}/showcase/update_config`,
    FLEET_FLY_SOURCE: flyctl === null ? 'api' : 'flyctl',
    FLEET_KAMAL_URL: `${url}/update_config`,
    FLY_API_HOSTNAME: url,
    FLY_API_TOKEN: token,
    ...(flyctl === null ? {} : { FLY_CLI_PATH: flyctl }),
  };
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return [
    '# made by fleet-sim: config-update talks to the simulator and to no real machine',
    ...lines,
    '',
  ].join('\n');
}
