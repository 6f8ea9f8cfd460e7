import { notFound } from '../../http/http-failures.ts';
import { DEFAULT_PROJECT, type ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import type { Call } from '../route.ts';

export interface FoundDeploy {
  readonly run: ReceivedRun;
  /** All of the deploy, in the order of their arrival. */
  readonly runs: readonly ReceivedRun[];
}

/**
 * The run that an address means: of the deploy `:id`, the one that `run` names by our id or by the sender's, or the newest;
 * of `project`, should several have a deploy of that id.
 *
 * @throws {Failure} `not-found`
 */
export function findDeploy(
  { params, query }: Pick<Call, 'params' | 'query'>,
  deploys: Pick<Deploys, 'runsOf' | 'projects'>,
): FoundDeploy {
  const { id = '' } = params;
  const wanted = query.get('run');
  const project = query.get('project');
  for (const name of project === null ? namesOf(deploys) : [project]) {
    const runs = deploys.runsOf(name, id);
    const run =
      wanted === null
        ? runs.at(-1)
        : (runs.find((one) => one.id === wanted) ?? runs.find((one) => one.run === wanted));
    if (run !== undefined) return { run, runs };
  }
  throw notFound('this deploy');
}

function namesOf({ projects }: Pick<Deploys, 'projects'>): string[] {
  const others = projects.all().map(({ name }) => name);
  return [DEFAULT_PROJECT, ...others.filter((name) => name !== DEFAULT_PROJECT)];
}

type Named = Pick<ReceivedRun, 'project' | 'deploy' | 'id'>;

/** Path of the page of a run, below the base. What ends with `.json` is not a page but JSON, unless a slash is behind it. */
export function pathOfRun(run: Named): string {
  return addressOf(run, run.deploy.endsWith('.json') ? '/' : '');
}

/** Path of its lines: as JSON, or all of them as text. */
export function pathOfLogs(run: Named, what: 'logs' | 'logs.txt'): string {
  return addressOf(run, `/${what}`);
}

function addressOf({ project, deploy, id }: Named, behind: string): string {
  const query = new URLSearchParams({ ...(project === DEFAULT_PROJECT ? {} : { project }), run: id });
  return `/deploys/${encodeURIComponent(deploy)}${behind}?${query}`;
}
