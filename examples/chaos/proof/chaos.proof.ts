// 10,000 uploads through each failing provider: nothing is lost, nothing orphaned, none reported twice, 99.9 % succeed, with
// at most 1.12 times the requests needed.
import assert from 'node:assert/strict';
import { startFailingS3 } from '../src/failing-s3.ts';
import { startFailingStream } from '../src/failing-stream.ts';
import { isSound } from '../src/is-sound.ts';
import { naiveHostApp } from '../src/naive-host-app.ts';
import { runChaos } from '../src/run-chaos.ts';
import { serviceHostApp } from '../src/service-host-app.ts';

const uploads = Number(process.env['CHAOS_UPLOADS'] ?? 10_000);
const seed = Number(process.env['CHAOS_SEED'] ?? 1);

for (const [name, start] of Object.entries({ s3: startFailingS3, stream: startFailingStream })) {
  const calm = await runChaos({ uploads: 500, seed, start, hostApp: serviceHostApp, faultShare: 0 });
  const report = await runChaos({ uploads, seed, start, hostApp: serviceHostApp });
  const ratio = (report.requests.total - report.requests.lookUps) / ((calm.requests.total / 500) * uploads);
  console.log(`${name}: ${JSON.stringify(report)}; ${ratio.toFixed(4)} of the requests needed (at most 1.12)`);
  assert.ok(isSound(report, uploads));
  assert.ok(ratio <= 1.12);
}
const naive = await runChaos({ uploads: 1000, seed, start: startFailingS3, hostApp: naiveHostApp });
console.log(`naive order on s3, 1,000 uploads: ${JSON.stringify(naive)}`);
assert.ok(naive.lost > 0 && naive.orphans > 0 && naive.reportedTwice > 0);
