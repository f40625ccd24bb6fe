import { beforeEach, describe, expect, test, vi } from 'vitest';
import { host } from './host.ts';

/** The classroom's answers, by method and path. */
const answers = new Map<string, unknown>();

beforeEach(() => {
  answers.clear();
  vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
    const answer = answers.get(`${method} ${path}`);
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : Response.json(answer ?? {});
  });
});

describe('a refusal', () => {
  const refused = (body: string) => {
    answers.set('POST /api/session', new Response(body, { status: 422 }));
    return host.signIn('Ada', 'student');
  };
  const error = { code: 'VALIDATION_FAILED', message: 'One.', retryable: false };

  test('has the messages of all problems, or that of the error', async () => {
    const problems = ['One.', 'Two.'].map((message) => ({ path: '', code: 'RULE', message }));
    await expect(refused(JSON.stringify({ error: { ...error, problems } }))).rejects.toThrow(/^One\. Two\.$/);
    await expect(refused(JSON.stringify({ error: { ...error, problems: [] } }))).rejects.toThrow(/^One\.$/);
    await expect(refused(JSON.stringify({ error }))).rejects.toThrow(/^One\.$/);
  });

  test('from something other than the classroom, or a missing answer, gives a general message', async () => {
    await expect(refused('<html>')).rejects.toThrow('That did not work; please try again.');
    answers.set('POST /api/session', new TypeError('Failed to fetch'));
    await expect(host.signIn('Ada', 'student')).rejects.toThrow('The classroom does not answer. Is it still running?');
  });
});

test('a list is read to its last page, also after an empty page', async () => {
  const pages = (path: string, ...contents: readonly object[]) => {
    for (const [index, content] of contents.entries()) {
      const query = index === 0 ? '' : `${path.includes('?') ? '&' : '?'}cursor=${index}`;
      const isLast = index === contents.length - 1;
      answers.set(`GET ${path}${query}`, { ...content, ...(!isLast && { cursor: `${index + 1}` }) });
    }
  };
  pages('/api/video/videos', { videos: [] }, { videos: [{ videoId: '1' }] }, { videos: [{ videoId: '2' }] });
  expect((await host.videos()).map(({ videoId }) => videoId)).toEqual(['1', '2']);
  pages('/api/video/videos?contextId=a+b', { videos: [] }, { videos: [{ videoId: '3' }] });
  expect((await host.videos('a b')).map(({ videoId }) => videoId)).toEqual(['3']);
  pages('/api/history?videoId=1', { entries: [{ userId: 'teacher:A' }] }, { entries: [{ userId: 'teacher:B' }] });
  expect((await host.historyOf('1')).map(({ userId }) => userId)).toEqual(['teacher:A', 'teacher:B']);
  pages(
    '/api/history?viewers=&videoId=1',
    { entries: [{ userId: 'teacher:C' }] },
    { entries: [{ userId: 'teacher:D' }] },
  );
  expect((await host.viewers('1')).map(({ userId }) => userId)).toEqual(['teacher:C', 'teacher:D']);
  const facts = { usage: { videos: 2 }, estimates: [] };
  pages('/api/cost', { ...facts, users: [{ userId: 'a' }] }, { ...facts, users: [{ userId: 'b' }] });
  expect(await host.cost()).toEqual({ ...facts, users: [{ userId: 'a' }, { userId: 'b' }] });
});
