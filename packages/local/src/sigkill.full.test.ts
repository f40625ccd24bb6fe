import { describeSigkill } from '../test-support/describe-sigkill.ts';

const EVERY = Number.POSITIVE_INFINITY;
const every = { create: EVERY, send: EVERY, confirm: EVERY, confirmSecond: EVERY, delete: EVERY, abort: EVERY };
// Each kill needs a process of its own, so only some steps are tested here; `npm run proof -- local-processes` tests every
// step.
const some = { create: 4, send: 5, confirm: 16, confirmSecond: 3, delete: 8, abort: 4 };

await describeSigkill(process.env['VIDEOSTORAGE_KILLS'] === undefined ? some : every);
