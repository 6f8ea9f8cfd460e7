import { deployStanding } from '../../runs/deploys/deploy-standing.ts';
import { sendJson, showPage } from '../reply.ts';
import type { Call, Route } from '../route.ts';
import { ticketFor } from '../run/live-ticket.ts';
import { readView } from '../run/log-html.ts';
import type { WebContext } from '../web-context.ts';
import { partOfReceived } from './deploy-log.ts';
import { renderDeploy } from './deploy-page.ts';
import { findDeploy } from './find-deploy.ts';
import { receivedProgress } from './known-progress.ts';

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/deploys/:id', who: 'administrator', answer: show },
  // Of one whose id ends with .json (`pathOfRun`).
  { method: 'GET', path: '/deploys/:id/', who: 'administrator', answer: show },
];

async function show(call: Call, { deploys, seals, now }: WebContext): Promise<Response> {
  const { run, runs } = findDeploy(call, deploys);
  if (call.wantsJson) return sendJson({ run, standing: deployStanding(run, now()), runs });
  const progress = await receivedProgress(deploys, run);
  const view = readView(call.query);
  // What has not come while a run is under way is on its way.
  const end = deployStanding(run, now()) === 'started' ? 0 : run.sentLastSeq;
  const log = await partOfReceived(deploys, run, view, { top: progress.top, end });
  const ticket = call.person === null ? '' : ticketFor(run.id, call.person, seals);
  return showPage(call, renderDeploy(call, { run, runs, progress, log, view, ticket, now: now() }));
}
