import { describe, expect, test } from 'vitest';
import { CoolDownGate } from './cool-down-gate.ts';

describe('the cool-down gate', () => {
  test('is open at first, and closed until exactly the given time', () => {
    const gate = new CoolDownGate();
    expect([gate.remainingMs(0), gate.isHalfOpen]).toEqual([0, false]);
    gate.closeUntil(100);
    expect([gate.remainingMs(0), gate.remainingMs(99), gate.remainingMs(100)]).toEqual([100, 1, 0]);
    expect(gate.isHalfOpen).toBe(true);
  });

  test('an earlier end changes nothing, and neither does the same end again', () => {
    const gate = new CoolDownGate();
    gate.closeUntil(100);
    gate.closeUntil(50);
    expect(gate.remainingMs(0)).toBe(100);
    gate.startProbe()(true);
    gate.closeUntil(100);
    expect(gate.isHalfOpen).toBe(false);
  });

  test('a successful probe opens it; after a failed one, the next call probes', async () => {
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

  test('a pause that begins during a probe needs a probe of its own', () => {
    const gate = new CoolDownGate();
    gate.closeUntil(100);
    const end = gate.startProbe();
    gate.closeUntil(200);
    end(true);
    expect([gate.isHalfOpen, gate.remainingMs(100)]).toEqual([true, 100]);
  });
});
