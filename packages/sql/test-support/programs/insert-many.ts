// A separate process that inserts uploads under a quota, and prints how many were accepted. `node insert-many.ts <URL>
// <count> <maxBytes>`

import { newUpload } from '@videostorage/service/testing';
import { openDatabaseUrl } from '../../src/open-database-url.ts';
import { SqlVideoRecords } from '../../src/sql-video-records.ts';

const [url = '', count = '0', maxBytes = '0'] = process.argv.slice(2);
const database = await openDatabaseUrl(url);
const records = new SqlVideoRecords({ database });
const outcomes = await Promise.allSettled(
  Array.from({ length: Number(count) }, () =>
    records.insert(newUpload({ sizeBytes: 10 }), [{ scope: 'user', maxBytes: Number(maxBytes) }]),
  ),
);
const codes = outcomes.map((outcome) =>
  outcome.status === 'fulfilled' ? 'INSERTED' : String(Reflect.get(Object(outcome.reason), 'code')),
);
console.log(JSON.stringify(codes));
await database.destroy();
