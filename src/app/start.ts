import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { arrival } from '../journal/arrival.ts';
import { streamReport } from '../report/text.ts';
import { refusedResult } from '../update/result.ts';
import { runStart } from '../update/start.ts';
import { buildParts, buildVoice, type World } from './parts.ts';

/**
 * Runs the start hook. A first start whose start hook fails ends Navigator, so it fails only where serving would be
 * worse: when there is no htpasswd, with which Navigator would let everybody in. With the old one in place the site
 * stays up, and the log says what is wrong.
 */
export async function runStartHook(world: World, write: (text: string) => void): Promise<0 | 1> {
  const voice = buildVoice(world, [streamReport(write)], false);
  try {
    const parts = await buildParts(world, voice);
    const { outcome } = await runStart(parts, arrival());
    return outcome !== 'failed' || hasHtpasswd(parts.site.dbDir) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Failure)) voice.log.exception(error);
    voice.report({ type: 'end', result: refusedResult(world.env, error) }, new Date());
    return 1;
  } finally {
    await voice.log.flush();
  }
}

function hasHtpasswd(dbDir: string): boolean {
  return (statSync(join(dbDir, 'htpasswd'), { throwIfNoEntry: false })?.size ?? 0) > 0;
}
