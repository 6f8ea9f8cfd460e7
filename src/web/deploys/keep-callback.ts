import { createHash } from 'node:crypto';
import { type ReadBody, readLogs, readStatus } from '../../callbacks/read-callback.ts';
import { type PlanStatusBody, readPlanLogs, readPlanStatus } from '../../callbacks/read-plan.ts';
import type { Proof } from '../../callbacks/verify-callback.ts';
import type { Deploys, PlanStatus, Received } from '../../runs/deploys/deploys.ts';

/** A callback whose sender has proved itself. */
interface Proved {
  readonly project: string;
  /** As the path has it. */
  readonly deploy: string;
  readonly proof: Exclude<Proof, { kind: 'refused' }>;
  /** As `parseBody` gives it. */
  readonly value: unknown;
  /** As it came. */
  readonly body: Buffer;
}

export type Kept =
  | ({ readonly kind: 'kept' } & Received)
  /** The field that is wrong; nothing was kept. */
  | { readonly kind: 'wrong'; readonly field: string; readonly error: string };

/** It is durable when this returns. @throws {Failure} `disk`: nothing was kept */
export type Keep = (deploys: Deploys, proved: Proved) => Kept;

export const keepLogs: Keep = (deploys, { project, deploy, proof, value, body }) => {
  if (proof.kind === 'webhook')
    return kept(readLogs(value), (read) => deploys.logs(project, read, proof.sentAt));
  const digest = digestOf(body);
  return kept(readPlanLogs(value), (logs) => deploys.planLogs(project, { deployId: deploy, logs, digest }));
};

export const keepStatus: Keep = (deploys, { project, deploy, proof, value, body }) => {
  if (proof.kind === 'webhook')
    return kept(readStatus(value), (read) => deploys.status(project, read, proof.sentAt));
  const digest = digestOf(body);
  return kept(readPlanStatus(value), (read) =>
    deploys.planStatus(project, { deployId: deploy, digest, status: read.status, fields: fieldsOf(read) }),
  );
};

function kept<T>(read: ReadBody<T>, keep: (body: T) => Received): Kept {
  return read.kind === 'wrong' ? read : { kind: 'kept', ...keep(read.body) };
}

/** Of a sender of the plan, only what it has said. */
function fieldsOf(body: PlanStatusBody): PlanStatus['fields'] {
  const { duration_seconds: seconds, error, tunnels } = body;
  if (body.status === 'started') {
    const { git_sha: gitSha, git_ref: gitRef, ci_provider: ciProvider, ci_run_url: ciRunUrl } = body;
    return { gitSha, gitRef, ciProvider, ciRunUrl };
  }
  const duration = seconds === null ? {} : { durationMs: seconds * 1000 };
  return body.status === 'failed' ? { error, ...duration } : { tunnels, ...duration };
}

/** The same bytes twice are one request. */
function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
