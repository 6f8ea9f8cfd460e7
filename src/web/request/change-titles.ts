import { type Change, DEPLOYMENT } from '../../runs/run-model.ts';

type Titled = Pick<Change, 'kind' | 'action' | 'state' | 'live' | 'problem' | 'target'>;

const NOUNS: Readonly<Record<Change['kind'], string>> = {
  event: 'The event',
  studio: 'The studio',
  user: 'The user',
  region: 'The region',
  password: 'The password',
  update: 'The update',
};

/** How a change stands, a line; of every kind and action. */
export function titleOf(change: Titled): string {
  if (change.target === DEPLOYMENT) return deploymentTitle(change);
  if (change.kind === 'update') return updateTitle(change);
  return change.action === 'delete' ? deletionTitle(change) : savedTitle(change);
}

function deploymentTitle({ state }: Titled): string {
  switch (state) {
    case 'live':
      return 'The application is deployed';
    case 'failed':
      return 'The deployment failed';
    case 'dropped':
    case 'pending':
      return 'The deployment was taken back';
    case 'intended':
    case 'asked':
    case 'checking':
      return 'The application is being deployed';
  }
}

function updateTitle({ state, problem }: Titled): string {
  switch (state) {
    case 'live':
      return problem === null ? 'The machines are up to date' : 'Not every machine has it';
    case 'failed':
      return 'The update failed';
    case 'dropped':
      return 'The update was taken back';
    case 'pending':
      return 'The update is not asked for';
    case 'intended':
    case 'asked':
    case 'checking':
      return 'The machines are being updated';
  }
}

function deletionTitle({ kind, state, problem }: Titled): string {
  const noun = NOUNS[kind];
  switch (state) {
    case 'intended':
      return `${noun} is being deleted`;
    case 'asked':
    case 'checking':
      return `${noun} is being removed`;
    case 'live':
      return problem === null ? `${noun} is gone everywhere` : 'Not every machine knows it';
    case 'pending':
      return `${noun} is deleted here, and machines still have it`;
    case 'failed':
      return `${noun} is deleted here, but machines still have it`;
    case 'dropped':
      return `${noun} was not deleted`;
  }
}

function savedTitle({ kind, action, state, live, problem }: Titled): string {
  const noun = NOUNS[kind];
  switch (state) {
    case 'intended':
      return `${noun} is being saved`;
    case 'asked':
    case 'checking':
      return `${noun} is being published`;
    case 'live':
      if (kind === 'event' && action === 'create')
        return `${noun} ${isOvertaken({ live }) ? 'was published' : 'is live'}`;
      return problem === null ? `${noun} is up to date everywhere` : 'Not every machine has it';
    case 'pending':
      return `${noun} is saved, and not published`;
    case 'failed':
      return `${noun} is saved, but not live`;
    case 'dropped':
      return `${noun} was not saved`;
  }
}

/** Whether it counts as live though its address does not answer, since it was changed again. */
export function isOvertaken({ live }: Pick<Change, 'live'>): boolean {
  return live?.result?.isLive === false;
}
