import { type FileFunctions, nodeFileFunctions } from '../src/file-functions.ts';

/** What a file function does instead of its work; undefined lets it work. */
export type FileFault = (name: string, args: readonly unknown[], target?: object) => Promise<unknown> | undefined;

/** A failed file operation as Node reports it. */
export function fileError(code: string, syscall = 'write'): Error {
  return Object.assign(new Error(`${code}: something about ${syscall}, '/secret/path'`), { code, syscall, errno: -5 });
}

/** Node's file functions, each of which first calls `fault`. Open files call it before they write and sync, too. */
export function failingFiles(fault: FileFault): FileFunctions {
  return new Proxy(nodeFileFunctions, {
    get: (functions, name: keyof FileFunctions) => asking(functions, name, fault),
  });
}

function asking(functions: FileFunctions, name: keyof FileFunctions, fault: FileFault) {
  return async (...args: unknown[]) => {
    const instead = fault(name, args);
    if (instead !== undefined) return instead;
    const result: unknown = await Reflect.apply(functions[name], functions, args);
    return name === 'open' && typeof result === 'object' && result !== null ? askingHandle(result, fault) : result;
  };
}

/** An open file whose methods first call `fault`. */
function askingHandle(handle: object, fault: FileFault): object {
  return new Proxy(handle, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const instead = name === 'close' ? undefined : fault(`handle.${String(name)}`, args, target);
        return instead ?? Reflect.apply(method, target, args);
      };
    },
  });
}
