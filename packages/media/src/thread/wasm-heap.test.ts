import { describe, expect, test, vi } from 'vitest';

declare const WebAssembly: {
  readonly Memory: { readonly prototype: { grow(this: object, pages: number): number } };
};

const MiB = 1024 * 1024;
const PAGE_BYTES = 65_536;
const original = WebAssembly.Memory.prototype.grow;

/** The memory limit of a new thread, over a mock memory that only counts its size. */
async function thread(startBytes: number) {
  vi.resetModules();
  WebAssembly.Memory.prototype.grow = () => 0;
  const heap = await import('./wasm-heap.ts');
  heap.limitWasmHeap();
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = original;
  const to = (bytes: number) => grow.call({ buffer: { byteLength: startBytes } }, (bytes - startBytes) / PAGE_BYTES);
  return { heap, to };
}

describe('the memory of the parser', () => {
  test('grows to 208 MiB and not a page further', async () => {
    const { heap, to } = await thread(32 * MiB);
    expect(to(208 * MiB)).toBe(0);
    expect(() => to(208 * MiB + PAGE_BYTES)).toThrow(RangeError);
    expect(() => heap.WasmHeapError.throwIfRefused()).not.toThrow();
  });

  test('the parser is refused memory when its third and smallest attempt fails, and not when that succeeds', async () => {
    const { heap, to } = await thread(32 * MiB);
    for (const _ of [1, 2]) expect(() => to(300 * MiB)).toThrow(RangeError);
    to(200 * MiB);
    for (const _ of [1, 2]) expect(() => to(300 * MiB)).toThrow(RangeError);
    expect(() => heap.WasmHeapError.throwIfRefused()).not.toThrow();
    expect(() => to(300 * MiB)).toThrow(RangeError);
    expect(() => heap.WasmHeapError.throwIfRefused()).toThrow(heap.WasmHeapError);
    expect(heap.isHeapSpent()).toBe(true);
  });

  test('a thread is spent above 64 MiB', async () => {
    const { heap, to } = await thread(32 * MiB);
    to(64 * MiB);
    expect(heap.isHeapSpent()).toBe(false);
    to(64 * MiB + PAGE_BYTES);
    expect(heap.isHeapSpent()).toBe(true);
  });
});
