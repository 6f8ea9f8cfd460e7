import script from 'client:visit';
import { makeAsset } from './assets.ts';

/** The script that improves pages where scripts run: search, distances, next dates, keyboard. */
export const VISIT_SCRIPT = makeAsset('visit', 'js', script);
