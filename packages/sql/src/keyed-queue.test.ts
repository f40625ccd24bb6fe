import { expect, test } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

test('tasks of one key run one after another, those of different keys in parallel, and nothing is kept', async () => {
  const queue = new KeyedQueue();
  const events: string[] = [];
  const task = (name: string, turns: number) => async () => {
    events.push(`${name} begins`);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };
  const failing = queue.run('a', async () => {
    throw new Error('first');
  });
  const results = Promise.all([
    queue.run('a', task('a1', 9)),
    queue.run('a', task('a2', 1)),
    queue.run('b', task('b1', 1)),
  ]);
  await expect(failing).rejects.toThrow('first');
  expect(await results).toEqual(['a1', 'a2', 'b1']);
  expect(events.indexOf('a1 ends')).toBeLessThan(events.indexOf('a2 begins'));
  expect(events.indexOf('b1 ends')).toBeLessThan(events.indexOf('a1 ends'));
  expect(queue.size).toBe(0);
});

test('a task that is added while another one waits runs after it', async () => {
  const queue = new KeyedQueue();
  const order: string[] = [];
  let end = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    end = resolve;
  });
  const first = queue.run('a', async () => void order.push('first'));
  const waiting = queue.run('a', async () => {
    await second;
    order.push('second');
  });
  await first;
  const last = queue.run('a', async () => void order.push('third'));
  await new Promise((resolve) => setImmediate(resolve));
  end();
  await Promise.all([waiting, last]);
  expect(order).toEqual(['first', 'second', 'third']);
});
