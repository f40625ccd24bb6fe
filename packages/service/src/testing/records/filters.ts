import assert from 'node:assert/strict';
import type { VideoRecordQuery, VideoRecords } from '../../video-records.ts';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

/** The guarantees of the filters of `list`. */
export const filters: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'filter/each',
    title: 'each filter returns the records with its value, and only those',
    async run({ records }) {
      await records.insert(newUpload({ fileName: 'a' }), []);
      await records.insert(newUpload({ fileName: 'b', userId: 'bob' }), []);
      await records.insert(newUpload({ fileName: 'c', contextId: 'lesson-2' }), []);
      await records.insert(newUpload({ fileName: 'd', tenantId: 'school-2' }), []);
      await records.insert(newUpload({ fileName: 'e', backendName: 's3' }), []);
      await records.insert(newUpload({ fileName: 'f', contextId: null, tenantId: null }), []);
      assert.equal(await names(records, {}), 'abcdef');
      assert.equal(await names(records, { userId: 'bob' }), 'b');
      assert.equal(await names(records, { userId: 'ann' }), 'acdef');
      assert.equal(await names(records, { contextId: 'lesson-2' }), 'c');
      assert.equal(await names(records, { contextId: 'lesson-1' }), 'abde');
      assert.equal(await names(records, { tenantId: 'school-2' }), 'd');
      assert.equal(await names(records, { backendName: 's3' }), 'e');
      assert.equal(await names(records, { userId: 'ann', contextId: 'lesson-1', tenantId: 'school-1' }), 'ae');
      assert.equal(await names(records, { userId: 'bob', contextId: 'lesson-2' }), '');
      assert.equal(await names(records, { userId: 'nobody' }), '');
    },
  },
  {
    id: 'filter/statuses',
    title: 'one status, several, all and none of them can be requested',
    async run({ records }) {
      const statuses = ['processing', 'ready', 'failed', 'expired', 'deleting', 'deleted'] as const;
      await records.insert(newUpload({ fileName: 'p' }), []);
      for (const status of statuses) {
        const { id } = await records.insert(newUpload({ fileName: status.slice(0, 2) }), []);
        await records.update(id, 1, { status });
      }
      assert.equal(await names(records, { statuses: ['pending'] }), 'p');
      assert.equal(await names(records, { statuses: ['ready', 'failed'] }), 'fare');
      assert.equal(await names(records, { statuses: ['pending', ...statuses] }), 'dedeexfapprre');
      assert.equal(await names(records, {}), 'dedeexfapprre');
      assert.equal(await names(records, { userId: 'nobody' }), '');
      assert.equal(await names(records, { statuses: ['ready', 'failed', 'ready'] }), 'fare');
      assert.deepEqual(await records.list({ statuses: [], limit: 10 }), { records: [] });
    },
  },
  {
    id: 'filter/times',
    title: '`createdFrom` includes its time, `createdBefore` does not',
    async run({ records, advance }) {
      for (const fileName of ['a', 'b', 'c']) {
        await records.insert(newUpload({ fileName }), []);
        await advance(10);
      }
      const { createdAt } = present((await records.list({ text: 'b', limit: 1 })).records[0]);
      assert.equal(await names(records, { createdFrom: createdAt }), 'bc');
      assert.equal(await names(records, { createdBefore: createdAt }), 'a');
      const next = new Date(Date.parse(createdAt) + 1).toISOString();
      assert.equal(await names(records, { createdFrom: createdAt, createdBefore: next }), 'b');
      assert.equal(await names(records, { createdFrom: next, createdBefore: createdAt }), '');
      await refuses(records.list({ createdFrom: 'yesterday', limit: 1 }), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'filter/text',
    title: 'each word must occur in the name, without regard to case and accents',
    async run({ records }) {
      await records.insert(newUpload({ fileName: 'Übung Ästhetik 2.mp4' }), []);
      await records.insert(newUpload({ fileName: 'ubung.mp4' }), []);
      const found = async (text: string) => (await records.list({ text, limit: 10 })).records.length;
      assert.equal(await found('ÜBUNG'), 2);
      assert.equal(await found('übung'), 2);
      assert.equal(await found('bun'), 2);
      assert.equal(await found('asthetik  UBUNG'), 1);
      assert.equal(await found('ubung musik'), 0);
      assert.equal(await found('  '), 2);
      const { id } = present((await records.list({ text: 'asthetik', limit: 1 })).records[0]);
      await records.update(id, 1, { fileName: 'Grüße.mp4' });
      assert.equal(await found('asthetik'), 0);
      assert.equal(await found('grusse grü'.replace('ss', 'ß')), 1);
      // The lower case of a sigma depends on what follows it: it is another at the end of a word.
      await records.insert(newUpload({ fileName: 'ΟΔΟΣ.mp4' }), []);
      assert.deepEqual([await found('ΟΔΟΣ'), await found('οδός')], [1, 1]);
    },
  },
  {
    id: 'filter/no-patterns',
    title: 'characters with a meaning in SQL are matched literally',
    async run({ records }) {
      for (const fileName of ['100%.mp4', '1000.mp4', 'a_b.mp4', 'axb.mp4', 'a\\b.mp4', "it's.mp4", 'a!b[c].mp4']) {
        await records.insert(newUpload({ fileName }), []);
      }
      const found = async (text: string) =>
        (await records.list({ text, limit: 10 })).records.map(({ fileName }) => fileName).sort();
      assert.deepEqual(await found('0%'), ['100%.mp4']);
      assert.deepEqual(await found('a_b'), ['a_b.mp4']);
      assert.deepEqual(await found('\\'), ['a\\b.mp4']);
      assert.deepEqual(await found("'"), ["it's.mp4"]);
      assert.deepEqual(await found('!b[c'), ['a!b[c].mp4']);
      assert.deepEqual(await found('%%'), []);
    },
  },
  {
    id: 'filter/half-characters',
    title: 'a long word is not cut inside a character, and a lone surrogate is ignored',
    async run({ records }) {
      const long = `${'a'.repeat(63)}🎬🎬`;
      await records.insert(newUpload({ fileName: long }), []);
      assert.equal(await names(records, { text: long }), long);
      assert.equal(await names(records, { text: '\ud83c' }), '');
    },
  },
  {
    id: 'filter/nul',
    title: 'text with a NUL, which no record contains, finds nothing and causes no error',
    async run({ records }) {
      const { id } = await records.insert(newUpload({ fileName: 'a' }), []);
      await records.update(id, 1, { videoId: 'v-1' });
      for (const filter of [{ userId: 'ann\0' }, { contextId: '\0lesson-1' }, { tenantId: '\0' }, { text: 'a\0' }]) {
        assert.equal(await names(records, filter), '');
      }
      assert.equal(await records.get(`${id}\0`), undefined);
      assert.equal(await records.findByVideoId('local', 'v-1\0'), undefined);
      assert.equal((await records.usage('user', 'ann\0')).pending, 0);
      assert.equal(await records.update(`${id}\0`, 2, { fileName: 'b' }), undefined);
      assert.equal(await names(records, { userId: 'ann', text: 'a' }), 'a');
    },
  },
  {
    id: 'filter/misspelt',
    title: 'an unknown filter is refused, not ignored; getters of a class are read, and a page may be the next query',
    async run({ records }) {
      await records.insert(newUpload({ fileName: 'a' }), []);
      await records.insert(newUpload({ fileName: 'b', userId: 'bob' }), []);
      const misspelt = { userId: 'ann', tenantID: 'school-2' };
      await refuses(records.list({ ...misspelt, limit: 1 }), 'VALIDATION_FAILED');
      await refuses(records.countByDay(misspelt), 'VALIDATION_FAILED');
      await refuses(records.countFailures(misspelt), 'VALIDATION_FAILED');
      for (const other of [{ tenantID: 'school-2' }, { userId: 'ann' }]) {
        await refuses(records.usageByUser({ ...other, limit: 1 }), 'VALIDATION_FAILED');
      }
      class OfBob {
        get userId(): string {
          return 'bob';
        }
      }
      assert.equal((await records.countByDay(new OfBob()))[0]?.videos, 1);
      const query = Object.assign(new OfBob(), { limit: 1 });
      const { records: ofBob } = await records.list(query);
      assert.deepEqual(
        ofBob.map(({ fileName }) => fileName),
        ['b'],
      );
      const first = await records.list({ limit: 1 });
      assert.equal((await records.list({ ...first, limit: 1 })).records.length, 1);
      const users = await records.usageByUser({ limit: 1 });
      assert.equal((await records.usageByUser({ ...users, limit: 1 })).users.length, 1);
    },
  },
  {
    id: 'filter/pages',
    title: 'a filtered list has full pages, as long as there are records',
    async run({ records, advance }) {
      for (let index = 0; index < 12; index += 1) {
        await records.insert(newUpload({ userId: index % 3 === 0 ? 'bob' : 'ann', fileName: `${index}` }), []);
        await advance(1);
      }
      const first = await records.list({ userId: 'bob', order: 'oldest', limit: 3 });
      assert.deepEqual(
        first.records.map(({ fileName }) => fileName),
        ['0', '3', '6'],
      );
      const second = await records.list({ userId: 'bob', order: 'oldest', limit: 3, cursor: first.cursor });
      assert.deepEqual(
        second.records.map(({ fileName }) => fileName),
        ['9'],
      );
      assert.equal('cursor' in second, false);
    },
  },
];

/** The listed file names, sorted and joined to one text. */
async function names(records: VideoRecords, filter: Omit<VideoRecordQuery, 'limit'>): Promise<string> {
  const page = await records.list({ ...filter, limit: 100 });
  return page.records
    .map(({ fileName }) => present(fileName, 'the name of a file'))
    .sort()
    .join('');
}
