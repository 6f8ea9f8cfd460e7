import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptConfig } from '../../../src/callbacks/deploy-cipher.ts';
import type { CallbackLine, StatusBody } from '../../../src/callbacks/wire.ts';
import { DEPLOY_KEY, type Receiver } from '../callbacks/receiver.ts';
import type { AdminHost } from './admin-host.ts';

export interface Given {
  /** Of the config, below `callback_url`. */
  readonly more?: string;
  /** Relative to the application's directory. */
  readonly file?: string;
  /** That it is encrypted with. */
  readonly key?: string;
}

/** Gives an application a deploy.enc with this text. */
export function putConfig(
  host: AdminHost,
  text: string,
  { file = 'deploy.enc', key = DEPLOY_KEY }: Given = {},
): void {
  writeFileSync(join(host.appRoot, file), encryptConfig(text, key));
}

/** Gives an application a dashboard, whose key is in `DEPLOY_KEY`. */
export function putDashboard(host: AdminHost, receiver: Receiver, given: Given = {}): void {
  putConfig(host, `callback_url: ${receiver.dashboard.url.href}\n${given.more ?? ''}`, given);
  host.env = { ...host.env, DEPLOY_KEY: given.key ?? DEPLOY_KEY };
}

/** Statuses as they came, repeated ones too. */
export function statusesOf(receiver: Receiver): StatusBody[] {
  return receiver.seen.flatMap(({ body }) => ('status' in body ? [body] : []));
}

/** All lines that came, in order. */
export function linesOf(receiver: Receiver): CallbackLine[] {
  return receiver.seen.flatMap(({ body }) => ('logs' in body ? body.logs : []));
}

/** Output without what differs from run to run: times, spans, ETags, sizes, names of runs, ports. */
export function masked(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\d{8}T\d{9}Z-[0-9a-f]{6}/g, 'RUN')
    .replaceAll(/\d+(?:\.\d+)? m?s\b/g, 'SPAN')
    .replaceAll(/\\?"[0-9a-f]{32}\\?"/g, 'ETAG')
    .replaceAll(/"(ms|size|waitMs)":[\d.]+/g, '"$1":N')
    .replaceAll(/\b\d+ bytes/g, 'SIZE')
    .replaceAll(/[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/ +/g, ' ');
}
