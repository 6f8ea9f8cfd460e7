import { ROUTES as APPLY } from './admin/apply-page.ts';
import { ROUTES as CHANGE } from './admin/change-page.ts';
import { ROUTES as EVENT_ORDER } from './admin/event-order-form.ts';
import { ROUTES as HISTORY } from './admin/history-pages.ts';
import { ROUTES as OVERVIEW } from './admin/overview.ts';
import { ROUTES as PLACE } from './admin/place-fields.ts';
import { ROUTES as ROWS } from './admin/row-pages.ts';
import { ROUTES as WEBHOOKS } from './admin/webhooks-page.ts';
import { ROUTES as CALLBACKS } from './deploys/callback-routes.ts';
import { ROUTES as DEPLOYS } from './deploys/deploy-list.ts';
import { ROUTES as DEPLOY_LOGS } from './deploys/deploy-log-routes.ts';
import { ROUTES as DEPLOY } from './deploys/deploy-routes.ts';
import { ROUTES as HOOKS } from './hooks/hook-routes.ts';
import { ROUTES as METRICS } from './monitor/metrics-route.ts';
import { ROUTES as PASSWORD_FORGOTTEN } from './password/forgotten-password.ts';
import { ROUTES as PASSWORD_OWN } from './password/own-password.ts';
import { ROUTES as PASSWORD_PROGRESS } from './password/password-progress.ts';
import { ROUTES as PASSWORD_OF_USER } from './password/user-password.ts';
import { ROUTES as PASSWORD_VERIFY } from './password/verify-password.ts';
import { ROUTES as EVENT_FORM } from './request/event-form-routes.ts';
import { ROUTES as STUDIOS } from './request/own-studios.ts';
import { ROUTES as REQUESTS } from './request/request-routes.ts';
import type { Route } from './route.ts';
import { ROUTES as RUN_LIVE } from './run/live-routes.ts';
import { ROUTES as RUN } from './run/run-routes.ts';
import { ROUTES as RUNS } from './run/runs-list.ts';
import { ROUTES as UP } from './server-state.ts';
import { ROUTES as ASSETS } from './web-assets.ts';

/** Every address of the server. Of two that fit the first counts. A part of the web adds its own modules here. */
export const ROUTES: readonly Route[] = [
  ...UP,
  ...METRICS,
  ...ASSETS,
  ...STUDIOS,
  ...RUN_LIVE,
  ...CALLBACKS,
  ...HOOKS,
  ...DEPLOY_LOGS,
  ...PASSWORD_OWN,
  ...PASSWORD_FORGOTTEN,
  ...PASSWORD_VERIFY,
  ...PASSWORD_PROGRESS,
  ...PASSWORD_OF_USER,
  ...OVERVIEW,
  ...APPLY,
  ...PLACE,
  ...WEBHOOKS,
  ...ROWS,
  ...EVENT_ORDER,
  ...HISTORY,
  ...CHANGE,
  ...EVENT_FORM,
  ...REQUESTS,
  ...RUNS,
  ...RUN,
  ...DEPLOYS,
  ...DEPLOY,
];
