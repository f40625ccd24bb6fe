import { describeSigkill } from '../test-support/describe-sigkill.ts';

// A chosen few: each is a process of its own. The full tests kill at every step.
await describeSigkill({ create: 1, send: 1, confirm: 4, confirmSecond: 1, delete: 2, abort: 1 });
