/**
 * To be imported before anything that makes arbitraries: a list that may have up to 25 items shall often have so many,
 * since most of what can go wrong needs several events of several studios.
 */
import fc from 'fast-check';

fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
