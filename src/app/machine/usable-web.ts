import { Failure, problemOf } from '../../failure.ts';
import { navigatorPart } from '../../site/static.ts';
import type { UpdateContext } from '../../update/update-context.ts';

/**
 * For what must not fail, such as a boot: the same context without a web part that is set up wrongly. The events are served
 * without it, and the operator is told.
 */
export function withoutWrongWeb(context: UpdateContext): UpdateContext {
  const { site, report } = context;
  try {
    navigatorPart(site);
    return context;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, hint } = problemOf(error);
    const caution = `${message}, so the site is served without the web part. ${hint}`;
    report({ type: 'note', level: 'warning', message: caution });
    return { ...context, site: { ...site, web: null } };
  }
}
