import type { PlannedStep } from '../report/events.ts';

/** The steps that operations on the configuration share, with their titles. */

export const FETCH: PlannedStep = { name: 'fetch', title: 'Fetch the index' };
export const LOCK: PlannedStep = { name: 'lock', title: 'Wait for the lock' };
export const READ: PlannedStep = { name: 'read', title: 'Validate and read the index' };
export const GENERATE: PlannedStep = { name: 'generate', title: 'Generate the files and compare them' };
export const CHECK: PlannedStep = { name: 'check', title: 'Stage the new files and check every rule' };
export const INSTALL: PlannedStep = { name: 'install', title: 'Install' };

/** From a candidate to an installed configuration. */
export const CANDIDATE_STEPS = [READ, GENERATE, CHECK, INSTALL] as const;
