/** Variables that say where an application and its object store are. */
export const PLACES = [
  ['RAILS_DB_VOLUME', 'the db dir: index.sqlite3 and the databases of events'],
  ['RAILS_LOG_VOLUME', 'the directory that gets a log of JSON lines'],
  ['AWS_ENDPOINT_URL_S3', 'the address of the object store, with AWS_ACCESS_KEY_ID and the like'],
  ['BUCKET_NAME', 'its bucket'],
] as const;

/** The exit code for wrong options or arguments. */
export const USAGE_EXIT = [2, 'the options make no sense'] as const;
