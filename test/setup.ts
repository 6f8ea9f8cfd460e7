import fc from 'fast-check';

/**
 * Every run of the property tests draws the same cases, so that a failure is a change's own. `PROPERTY_SEED=$RANDOM npm
 * test` looks for new ones.
 */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] || 20_260_102) });
