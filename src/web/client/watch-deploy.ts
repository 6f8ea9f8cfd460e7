import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import type { DeployAnswer, DeployFrame } from '../deploys/deploy-frames.ts';
import { askJson } from './ask-json.ts';
import { type Connection, LiveWatch } from './watch-live.ts';

export interface DeployWatching {
  readonly id: string;
  /** Address of `/live`, relative to the page. */
  readonly socket: string;
  /** Of the run's lines as JSON, with its query. */
  readonly logs: string;
  /** Where somebody is who has what the page shows already. */
  readonly cursor: number;
  readonly ticket: string;
  /** @param now by the clock of the server */
  readonly onState: (run: ReceivedRun, now: number) => void;
  readonly onLines: (lines: readonly ReceivedLine[]) => void;
  /** Nothing more of it is waited for. */
  readonly onEnd: () => void;
  readonly onConnection: (connection: Connection) => void;
}

const OPEN_MS = 3000;

/** Watches a run that was received, until nothing more of it is waited for. */
export function watchDeploy(options: DeployWatching): void {
  const { id, socket, logs, ticket, onState, onLines, onEnd, onConnection } = options;
  let { cursor } = options;
  const take = (frame: DeployFrame): boolean => {
    if (frame.type === 'state') onState(frame.run, frame.now);
    else if (frame.type === 'end') onEnd();
    else if (frame.type === 'lines') {
      cursor = Math.max(cursor, frame.cursor);
      onLines(frame.lines);
    }
    return frame.type === 'end';
  };
  const source = {
    socket: (pass: string) => {
      const url = new URL(socket, location.href);
      url.search = `${new URLSearchParams({ run: id, after: `${cursor}`, ticket: pass })}`;
      return url;
    },
    ask: async (waitSeconds: number, signal: AbortSignal) => {
      const query = { cursor: `${cursor}`, wait: `${waitSeconds}` };
      const { run, now, lines, end, ...answer } = await askLogs(logs, query, signal);
      const frames: DeployFrame[] = [
        { type: 'state', run, now },
        { type: 'lines', lines, cursor: answer.cursor },
        ...(end ? [{ type: 'end' } as const] : []),
      ];
      return { ticket: answer.ticket, frames };
    },
    ...{ take, onConnection, openMs: OPEN_MS },
  };
  void new LiveWatch<DeployFrame>(source, ticket, new AbortController().signal).go();
}

/** @param query besides that of the address */
export function askLogs(
  logs: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<DeployAnswer> {
  const url = new URL(logs, location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return askJson<DeployAnswer>(url.href, signal);
}
