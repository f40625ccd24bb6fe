import { describeSigkill } from '../test-support/describe-sigkill.ts';

// A chosen few: each is a process of its own. The full tests kill at many more.
await describeSigkill({ create: 0, send: 0, confirm: 2, confirmSecond: 0, delete: 1, abort: 0 });
