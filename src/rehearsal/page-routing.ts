import type { IncomingMessage } from 'node:http';
import type { SimMachine } from './machines.ts';
import { type Visit, visit } from './played-pages.ts';
import { ServedConfigs } from './served-config.ts';
import type { MachineAnswer } from './sim-event.ts';

/** How a page was served. */
interface Routed {
  /** Null where none could. */
  readonly machine: SimMachine | null;
  readonly answer: MachineAnswer;
  /** Why it went elsewhere, or nowhere; else empty. */
  readonly detail: string;
}

/** Serves one request for a page; `first` is the machine that Fly's proxy chose, null where none can serve. */
export type PageServer = (request: IncomingMessage, first: SimMachine | null) => Promise<Routed>;

/** Whether a request is for a page of the site, by its path. */
export function isPagePath(url: string): boolean {
  return /^\/showcase(?:[/?]|$)/.test(url);
}

/**
 * The pages of machines that run the real CGI below `home`, each by the files that it installed. A path that belongs to
 * another region is served by a machine there, as Fly's proxy has it; once, as Navigator does.
 */
export function realPages(home: string, machines: readonly SimMachine[]): PageServer {
  const configs = new ServedConfigs(home);
  return async ({ url = '/', headers }, first) => {
    const path = decoded(url);
    if (path === null) return { machine: null, answer: plain(400, 'Bad Request'), detail: '' };
    const asked: Visit = { path, authorization: headers.authorization };
    if (first === null) return down('no machine can serve it');
    const visited = await visitOn(configs, first, asked);
    if (visited.kind === 'answered') return { machine: first, answer: visited.answer, detail: '' };
    const { to } = visited;
    if ('app' in to) return down(`replayed to ${to.app}, which is not played`);
    const owner = machines.find(
      ({ group, state, region }) => group === 'app' && state === 'started' && region === to.region,
    );
    if (!owner) return down(`replayed to ${to.region}, where no machine is started`);
    const there = await visitOn(configs, owner, asked);
    const answer = there.kind === 'answered' ? there.answer : MAINTENANCE;
    return { machine: owner, answer, detail: `replayed from ${first.region}` };
  };
}

async function visitOn(configs: ServedConfigs, machine: SimMachine, asked: Visit): ReturnType<typeof visit> {
  const config = await configs.of(machine);
  return config === null ? { kind: 'answered', answer: MAINTENANCE } : await visit(machine, config, asked);
}

/** Decoded as by Go; `..` is kept. Null for a path that Go refuses. */
function decoded(url: string): string | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return null;
  }
}

function down(detail: string): Routed {
  return { machine: null, answer: plain(502, `Bad Gateway: ${detail}`), detail };
}

function plain(status: number, text: string): MachineAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(`${text}\n`) };
}

/** What a machine says before its first update, and of a request that would go round in a circle. */
const MAINTENANCE = plain(503, 'The site is being prepared.');
