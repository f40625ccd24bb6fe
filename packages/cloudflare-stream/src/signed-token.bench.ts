import { sign } from 'node:crypto';
import { Secret } from '@videostorage/core';
import { expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { TokenSigner } from './signed-token.ts';

const ROUNDS = 7;
const TOKENS = 480;
const AT_ONCE = 16;

/** The time for one token, by one way to sign. */
interface Cost {
  /** Microseconds of wall-clock time. */
  readonly wallMicros: number;
  /** Microseconds of processor time of this process. */
  readonly cpuMicros: number;
}

test('tokens, 16 at once, against synchronous crypto.sign', async () => {
  const key = makeSigningKey('0a1b2c');
  const signer = new TokenSigner(key.id, new Secret(key.jwk));
  const terms = { videoId: '6b9e68b07dfee8cc2d116e4c51d6a957', expiresAtSeconds: 4_000_000_000, accessRules: [] };
  const text = Buffer.from((await signer.sign(terms)).split('.').slice(0, 2).join('.'));
  const synchronous = () => {
    for (let token = 0; token < TOKENS; token++) sign('sha256', text, key.privateKey);
  };
  // So many callers, each of whom asks for the next token when it has one: as requests to a host app do.
  const ours = (callers: number) => async () => {
    const ask = async () => {
      for (let token = 0; token < TOKENS; token += callers) await signer.sign(terms);
    };
    await Promise.all(Array.from({ length: callers }, ask));
  };
  const [limit, single, many] = await medians([synchronous, ours(1), ours(AT_ONCE)]);
  const perSecond = ({ wallMicros }: Cost) => Math.round(1e6 / wallMicros);
  console.log(
    `tokens a second: crypto.sign ${perSecond(limit)}, one at a time ${perSecond(single)}, 16 at once ${perSecond(many)}`,
  );
  console.log(`16 at once, of crypto.sign (goal 1.4): ${(limit.wallMicros / many.wallMicros).toFixed(2)}`);
  console.log(`CPU per token, of crypto.sign (goal at most 1.3): ${(many.cpuMicros / limit.cpuMicros).toFixed(2)}`);
  expect(limit.wallMicros / many.wallMicros).toBeGreaterThan(1.4);
  expect(many.cpuMicros / limit.cpuMicros).toBeLessThan(1.3);
});

/** The medians of alternating rounds, so that a busy moment of the computer slows all of them down. */
async function medians(
  works: readonly [() => unknown, () => unknown, () => unknown],
): Promise<readonly [Cost, Cost, Cost]> {
  const seen = works.map((): Cost[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of works.entries()) seen[index]?.push(await measure(work));
  }
  const median = (index: number, of: keyof Cost) =>
    (seen[index] ?? []).map((cost) => cost[of]).sort((one, other) => one - other)[(ROUNDS - 1) / 2] ?? Number.NaN;
  const cost = (index: number): Cost => ({
    wallMicros: median(index, 'wallMicros'),
    cpuMicros: median(index, 'cpuMicros'),
  });
  return [cost(0), cost(1), cost(2)];
}

async function measure(work: () => unknown): Promise<Cost> {
  const [startedAtMs, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMicros: ((performance.now() - startedAtMs) * 1000) / TOKENS, cpuMicros: (user + system) / TOKENS };
}
