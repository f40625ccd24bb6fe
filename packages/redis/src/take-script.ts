import { Script } from './script.ts';

/**
 * Counts a call in every entry, or in none. A count is a list of the times of its accepted calls, newest first, in
 * microseconds of the server's clock; it holds the last `limit` of them at most, so a call costs the same at any load.
 *
 * KEYS: a list each. ARGV: limit and window in milliseconds of each. Answer: three integers of each: how many calls its
 * window holds, how long until it has room, how long until it is empty, both in microseconds.
 *
 * - A refusal writes nothing, so a client that keeps asking neither prolongs its wait nor costs memory.
 * - A clock that was set back would leave times in the future: their list is moved so that the newest of them is now.
 *   No distance between two calls changes, so the limit holds, and the wait is never longer than a window.
 * - A key lives a second longer than its window, since Redis ends it by a clock that it reads less often.
 */
const SOURCE = `
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local lengths, answer, room = {}, {}, true
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i - 1]), ARGV[2 * i] * 1000
  local newest = tonumber(call('LINDEX', key, 0) or 0)
  if newest > now then
    local times = call('LRANGE', key, 0, -1)
    call('DEL', key)
    for _, accepted in ipairs(times) do call('RPUSH', key, accepted - (newest - now)) end
    call('PEXPIRE', key, ARGV[2 * i] + 1000)
    newest = now
  end
  local since = now - window
  local length, within, wait = 0, 0, 0
  if newest > 0 then
    length = call('LLEN', key)
    if tonumber(call('LINDEX', key, -1)) > since then
      within = length
    else
      local past = length
      while within < past do
        local middle = math.floor((within + past) / 2)
        if tonumber(call('LINDEX', key, middle)) > since then within = middle + 1 else past = middle end
      end
    end
    if within >= limit then
      wait = call('LINDEX', key, limit - 1) - since
      room = false
    end
  end
  lengths[i] = length
  answer[3 * i - 2] = within
  answer[3 * i - 1] = wait
  answer[3 * i] = within > 0 and newest - since or 0
end
if room then
  for i, key in ipairs(KEYS) do
    local within = answer[3 * i - 2]
    call('LPUSH', key, now)
    if lengths[i] > within then call('LTRIM', key, 0, within) end
    call('PEXPIRE', key, ARGV[2 * i] + 1000)
    answer[3 * i - 2] = within + 1
    answer[3 * i] = ARGV[2 * i] * 1000
  end
end
return answer
`;

/** The only script of this package. */
export const takeScript: Script = new Script(SOURCE);

/** The state of one count on the server. */
export interface CountState {
  /** Accepted calls within the window, the new one included. */
  readonly within: number;
  /** Microseconds until it has room; 0 when it had. */
  readonly waitUs: number;
  /** Microseconds until its window is empty. */
  readonly emptyInUs: number;
}

/** Parses the answer of the script, in the order of its keys. @throws {TypeError} anything else */
export function parseCountStates(answer: unknown, keys: number): readonly CountState[] {
  if (!Array.isArray(answer) || answer.length !== 3 * keys)
    throw new TypeError('Redis did not answer with a list of counts');
  const numbers = answer.map(toCount);
  return Array.from({ length: keys }, (_, index) => {
    const [within = 0, waitUs = 0, emptyInUs = 0] = numbers.slice(3 * index, 3 * index + 3);
    return { within, waitUs, emptyInUs };
  });
}

/** Clients can be configured to return integers as text or bigint. */
function toCount(value: unknown): number {
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new TypeError('Redis returned a count that is not a whole number');
}
