import script from 'client:visit';
import { makeAsset } from './assets.ts';

/** What makes pages better where scripts run: search, distances, what is on next, keys. */
export const VISIT_SCRIPT = makeAsset('visit', 'js', script);
