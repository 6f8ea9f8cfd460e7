/**
 * An esbuild plugin that leaves out of a bundle what `src/store/client.ts` never lets the AWS SDK use: credential
 * chains, `~/.aws` and metadata look-ups, the endpoint rules engine, S3 Express, checksums in trailers, event streams,
 * retries, and the schemas of the hundred operations that are not called. esbuild cannot see that by itself, since it
 * depends on settings; it is worth some 85 ms of a cold start.
 *
 * Nothing is replaced by something that behaves differently: each stub stands where our settings make the original do
 * nothing, or is the one case of it that they leave, or where `src/store/transport.ts` does the same for both (errors in an
 * answer of 200, `Expires` that is no date). `test/unit/store/slim.test.ts` runs the store's contract suite on a bundle made with
 * it, and `test/unit/store/unslimmed.test.ts` plays one table of answers, with a line for each stub, to it and to the SDK. An SDK that has moved its files, or asks them for more, fails the build.
 *
 * It needs the packages' ES modules; `slimOptions` are the esbuild options that go with it.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const functions = [];

const same = (...names) => {
  functions.push(...names);
  return names.map((name) => `export const ${name} = (config) => config;`).join('\n');
};
const noPlugins = (...names) => {
  functions.push(...names);
  return names.map((name) => `export const ${name} = () => ({ applyToStack() {} });`).join('\n');
};

const CLIENT = '@aws-sdk/client-s3/dist-es';
const ADAPTORS = '@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/adaptors';
const AUTH = '@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk';

/** Module (its path below node_modules) -> what stands there instead. */
const STUBS = {
  // All settings are given; what is left are the parts that they do not name.
  [`${CLIENT}/runtimeConfig.js`]: `
    import { AwsSdkSigV4Signer } from '@aws-sdk/core/httpAuthSchemes';
    import { S3RestXmlProtocol } from '@aws-sdk/middleware-sdk-s3/s3';
    import { Sha256 } from '@smithy/core/checksum';
    import { NoOpLogger } from '@smithy/core/client';
    import { parseUrl } from '@smithy/core/protocols';
    import { SignatureV4 } from '@smithy/signature-v4';
    import { defaultS3HttpAuthSchemeProvider } from './auth/httpAuthSchemeProvider';
    import { defaultEndpointResolver } from './endpoint/endpointResolver';
    export const getRuntimeConfig = (config) => ({
      apiVersion: '2006-03-01',
      base64Decoder: (text) => Buffer.from(text, 'base64'),
      base64Encoder: (data) => Buffer.from(data).toString('base64'),
      utf8Decoder: (text) => Buffer.from(text, 'utf8'),
      utf8Encoder: (data) => (typeof data === 'string' ? data : Buffer.from(data).toString('utf8')),
      bodyLengthChecker: (body) => (body == null ? 0 : Buffer.byteLength(body)),
      disableHostPrefix: false,
      endpointProvider: defaultEndpointResolver,
      httpAuthSchemeProvider: defaultS3HttpAuthSchemeProvider,
      httpAuthSchemes: [{
        schemeId: 'aws.auth#sigv4',
        identityProvider: (config) => config.getIdentityProvider('aws.auth#sigv4'),
        signer: new AwsSdkSigV4Signer(),
      }],
      logger: new NoOpLogger(),
      protocol: S3RestXmlProtocol,
      protocolSettings: {
        defaultNamespace: 'com.amazonaws.s3',
        errorTypeRegistries: [],
        xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
        version: '2006-03-01',
        serviceTarget: 'AmazonS3',
      },
      runtime: 'node',
      serviceId: 'S3',
      sha256: Sha256,
      signerConstructor: SignatureV4,
      signingEscapePath: false,
      urlParser: parseUrl,
      ...config,
    });`,
  [`${CLIENT}/runtimeExtensions.js`]: same('resolveRuntimeExtensions'),
  // The one leaf of the rules that a given endpoint with path-style URLs leads to.
  [`${CLIENT}/endpoint/endpointResolver.js`]: `
    export const defaultEndpointResolver = ({ Endpoint, Bucket, Region }) => ({
      url: new URL(Endpoint.replace(/\\/+$/, '') + '/' + Bucket),
      headers: {},
      properties: {
        authSchemes: [{ name: 'sigv4', signingName: 's3', signingRegion: Region === 'aws-global' ? 'us-east-1' : Region, disableDoubleEncoding: true }],
      },
    });`,
  // S3 Express alone.
  [`${CLIENT}/commands/CreateSessionCommand.js`]: 'export const CreateSessionCommand = undefined;',
  '@aws-sdk/middleware-sdk-s3/dist-es/submodules/s3/index.js': `
    export { S3RestXmlProtocol } from './protocol/S3RestXmlProtocol';
    ${same('resolveS3Config')}
    ${noPlugins(
      'getAddExpectContinuePlugin',
      'getCheckContentLengthHeaderPlugin',
      'getLocationConstraintPlugin',
      'getRegionRedirectMiddlewarePlugin',
      'getS3ExpiresMiddlewarePlugin',
      'getS3ExpressHttpSigningPlugin',
      'getS3ExpressPlugin',
      'getSsecPlugin',
      'getThrow200ExceptionsPlugin',
      'getValidateBucketNamePlugin',
    )}`,
  // WHEN_REQUIRED, and none of our operations requires one.
  '@aws-sdk/checksums/dist-es/submodules/flexible-checksums/index.js': `
    ${same('resolveFlexibleChecksumsConfig')}
    ${noPlugins('getFlexibleChecksumsPlugin')}`,
  '@aws-sdk/core/dist-es/submodules/client/index.js': `
    export { getHostHeaderPlugin, resolveHostHeaderConfig } from './middleware-host-header/hostHeaderMiddleware';
    ${noPlugins('getLoggerPlugin', 'getRecursionDetectionPlugin', 'getUserAgentPlugin')}
    ${same('resolveUserAgentConfig', 'setCredentialFeature')}
    export const setFeature = () => {};`,
  [`${AUTH}/clock-skew-defaults.js`]: 'export const DEFAULT_DISABLE_CLOCK_SKEW_CORRECTION = false;',
  [`${AUTH}/resolveAwsSdkSigV4AConfig.js`]: `
    ${same('resolveAwsSdkSigV4AConfig')}
    export const NODE_SIGV4A_CONFIG_OPTIONS = undefined;`,
  '@aws-sdk/signature-v4-multi-region/dist-es/index.js':
    "export class SignatureV4MultiRegion { static sigv4aDependency() { return 'none'; } }",
  '@smithy/core/dist-es/submodules/config/index.js': `
    export const resolveRegionConfig = (config) => {
      const { region } = config;
      return Object.assign(config, { region: async () => region, useFipsEndpoint: async () => false });
    };`,
  '@smithy/core/dist-es/submodules/event-streams/index.js': same('resolveEventStreamSerdeConfig'),
  [`${ADAPTORS}/getEndpointFromConfig.js`]: 'export const getEndpointFromConfig = async () => undefined;',
  // One attempt. The name stays: signing is placed relative to it.
  '@smithy/core/dist-es/submodules/retry/index.js': `
    ${same('resolveRetryConfig')}
    export const getRetryPlugin = () => ({
      applyToStack: (stack) => {
        const place = { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high', override: true };
        stack.add((next) => next, place);
      },
    });`,
};

/** All that is replaced: modules by their file's name, and the functions that do nothing any more. */
export const stubbed = [
  ...Object.keys(STUBS).map((path) => path.split('/').slice(-2).join('/')),
  ...functions,
];

const SCHEMAS = `${CLIENT}/schemas/schemas_0.js`;

/**
 * esbuild keeps every schema because `{ [_hH]: ... }` might call a toString; with the constants written out it drops
 * all but those in use. The errors are not registered: an error answer never reaches the SDK (see transport.ts).
 */
function slimSchemas(source) {
  const constants = new Map(
    Array.from(source.matchAll(/^const (_\w*) = ("[^"]*");$/gm), ([, name, text]) => [name, text]),
  );
  const slim = source
    .replace(/\[(_\w*)\]:/g, (whole, name) => (constants.has(name) ? `${constants.get(name)}:` : whole))
    .replace(/^\w+_registry\.registerError\(.*\);$/gm, '')
    .replace(/= new TypeRegistry\(/g, '= /* @__PURE__ */ new TypeRegistry(');
  if (constants.size > 0 && !/\[_\w*\]:|registerError\(/.test(slim)) return { contents: slim };
  return { errors: [{ text: 'aws-slim: the schemas are written in another way than was expected' }] };
}

/** esbuild options without which the plugin has nothing to work on. */
export const slimOptions = {
  mainFields: ['module', 'main'],
  conditions: ['module'],
  // `import('node:http')` makes Node build an ES module of it, and that loads undici: some 40 ms.
  supported: { 'dynamic-import': false },
};

/** Of these files alone: every file that a plugin is asked about costs a question to this process and its answer. */
const REPLACED = new RegExp(
  `[\\\\/]node_modules[\\\\/](${[SCHEMAS, ...Object.keys(STUBS)]
    .map((name) => name.replace(/[.]/g, '\\.').replaceAll('/', '[\\\\/]'))
    .join('|')})$`,
);

const nameOf = (path) => path.replaceAll('\\', '/').split('/node_modules/').at(-1);

export function awsSlim() {
  return {
    name: 'aws-slim',
    setup(build) {
      build.initialOptions.metafile = true;
      build.onLoad({ filter: REPLACED }, async ({ path }) => {
        const name = nameOf(path);
        if (name === SCHEMAS)
          return { ...slimSchemas(await readFile(path, 'utf8')), resolveDir: dirname(path) };
        return { contents: STUBS[name], resolveDir: dirname(path) };
      });
      build.onEnd(({ metafile }) => {
        const used = new Set(Object.keys(metafile?.inputs ?? {}).map((path) => nameOf(`/${path}`)));
        // What reads one object has the SDK's signer alone.
        const inUse = [...used].some((name) => name.startsWith(CLIENT));
        const missed = [SCHEMAS, ...Object.keys(STUBS)].filter((name) => inUse && !used.has(name));
        return {
          errors: missed.map((name) => ({ text: `aws-slim: ${name} is no longer part of the SDK` })),
        };
      });
    },
  };
}
