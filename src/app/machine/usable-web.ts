import { Failure, problemOf } from '../../failure.ts';
import { navigatorPart } from '../../site/static.ts';
import type { Parts } from '../../update/update-context.ts';

/**
 * For what must not fail, such as a boot: the same parts without a web part that is set up wrongly. The events are served
 * without it, and the operator is told.
 */
export function withoutWrongWeb(parts: Parts): Parts {
  const { site, report } = parts;
  try {
    navigatorPart(site);
    return parts;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint } = problemOf(error);
    const caution = `${message}, so the site is served without the web part. ${hint}`;
    report({ type: 'note', level: 'warning', message: caution });
    return { ...parts, site: { ...site, web: null } };
  }
}
