import { describeSigkill } from '../test-support/describe-sigkill.ts';

const EVERY = Number.POSITIVE_INFINITY;

await describeSigkill({
  create: EVERY,
  send: EVERY,
  confirm: EVERY,
  confirmSecond: EVERY,
  delete: EVERY,
  abort: EVERY,
});
