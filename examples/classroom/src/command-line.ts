import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '@videostorage/core';
import { backends } from './backends/backends.ts';

/** Tried first when no port is requested. */
export const USUAL_PORT = 4300;

/** The parsed arguments of the demo. */
export interface DemoSettings {
  /** A key of `backends`. */
  readonly backendName: keyof typeof backends;
  /** Undefined when no port was requested. */
  readonly port: number | undefined;
  readonly folder: string;
}

/** What `--help` prints. */
export const USAGE: string = `Students submit videos, teachers watch them.

  npm run demo -- [--backend NAME] [--port NUMBER] [--folder PATH]

  --backend   ${Object.keys(backends).join(', ')}; default local
  --port      a port of 127.0.0.1, 0 for a free one; default ${USUAL_PORT}, or a free one when that is taken
  --folder    for everything that must survive a restart; default examples/classroom/.classroom

The cloud backends run on emulators of this computer, whose videos are lost at the end, unless the environment
names an account:

  s3-cloudfront       CLASSROOM_S3_BUCKET, CLASSROOM_S3_REGION, CLASSROOM_CLOUDFRONT_URL,
                      CLASSROOM_CLOUDFRONT_DISTRIBUTION_ID, CLASSROOM_CLOUDFRONT_KEY_PAIR_ID,
                      CLASSROOM_CLOUDFRONT_PRIVATE_KEY, and credentials where the AWS SDK looks for them
  cloudflare-stream   CLASSROOM_CLOUDFLARE_ACCOUNT_ID, CLASSROOM_CLOUDFLARE_API_TOKEN
`;

/** Parses the arguments; undefined when help was requested. @throws {ConfigurationError} */
export function readCommandLine(words: readonly string[]): DemoSettings | undefined {
  const { backend, port, folder, help } = parseWords(words);
  if (help === true) return undefined;
  const backendName = (Object.keys(backends) as (keyof typeof backends)[]).find((name) => name === backend);
  if (backendName === undefined) {
    throw new ConfigurationError(`There is no backend "${backend}"; choose ${Object.keys(backends).join(', ')}.`);
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new ConfigurationError(`"${port}" is not a port; choose a number from 0 to 65535.`);
  }
  return { backendName, port: port === undefined ? undefined : Number(port), folder };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        backend: { type: 'string', default: 'local' },
        port: { type: 'string' },
        folder: { type: 'string', default: join(import.meta.dirname, '..', '.classroom') },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new ConfigurationError(`${sentence}; run with --help for the options.`);
  }
}
