import { focusProblems } from './focus-problems.ts';
import { showLocalTimes } from './local-times.ts';
import { refreshParts } from './refresh-parts.ts';
import { selectWhole } from './select-whole.ts';
import { sendOnce } from './send-once.ts';
import { showDeploy } from './show-deploy.ts';
import { showPlaces } from './show-place.ts';
import { showRun } from './show-run.ts';
import { watchPassword } from './watch-password.ts';
import { watchRequest } from './watch-request.ts';

/* The script of every page. A page works without it; each part looks for what it makes better. */

focusProblems(document);
showLocalTimes(document);
sendOnce(document);
selectWhole(document);
watchPassword(document);
showPlaces(document);
void refreshParts(document);
watchRequest(document);
showRun(document);
showDeploy(document);
