import { describe, expect, test } from 'vitest';
import { CoolDownGate } from './cool-down-gate.ts';

describe('the cool-down gate', () => {
  test('is open from the beginning, and shut until exactly then', () => {
    const gate = new CoolDownGate();
    expect([gate.remainingMs(0), gate.isHalfOpen]).toEqual([0, false]);
    gate.closeUntil(100);
    expect([gate.remainingMs(0), gate.remainingMs(99), gate.remainingMs(100)]).toEqual([100, 1, 0]);
    expect(gate.isHalfOpen).toBe(true);
  });

  test('an earlier end changes nothing, the same one opens nothing', () => {
    const gate = new CoolDownGate();
    gate.closeUntil(100);
    gate.closeUntil(50);
    expect(gate.remainingMs(0)).toBe(100);
    gate.startProbe()(true);
    gate.closeUntil(100);
    expect(gate.isHalfOpen).toBe(false);
  });

  test('a probe that ends well opens it, one that does not leaves it to the next', async () => {
    const gate = new CoolDownGate();
    gate.closeUntil(100);
    const end = gate.startProbe();
    const waiting = gate.probe;
    end(false);
    await waiting;
    expect([gate.isHalfOpen, gate.probe]).toEqual([true, undefined]);
    gate.startProbe()(true);
    expect([gate.isHalfOpen, gate.probe]).toEqual([false, undefined]);
  });

  test('a pause that another request brings while one probes is probed too', () => {
    const gate = new CoolDownGate();
    gate.closeUntil(100);
    const end = gate.startProbe();
    gate.closeUntil(200);
    end(true);
    expect([gate.isHalfOpen, gate.remainingMs(100)]).toEqual([true, 100]);
  });
});
