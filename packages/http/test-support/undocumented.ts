import { ROUTE_ENTRIES } from '../src/route-table.ts';

/** Statuses of any route: an internal error, headers that are too large, a caller who has disconnected. */
const ANYWHERE = [500, 431, 499];

/** The route whose documented statuses lack this one, for instance `getUpload: 410`; undefined when all is documented. */
export function undocumented(method: string, path: string, status: number): string | undefined {
  const [pathname = ''] = path.split('?');
  const found = ROUTE_ENTRIES.find(
    ([, route]) =>
      route.method === method && new RegExp(`^${route.path.replace(/\{\w{1,64}\}/, '[^/]+')}$`).test(pathname),
  );
  if (found === undefined) return undefined;
  const [name, { answers, refusals }] = found;
  const isKnown = [...Object.keys(answers).map(Number), ...refusals, ...ANYWHERE].includes(status);
  return isKnown ? undefined : `${name}: ${status}`;
}
