import { RegExpRouter } from 'hono/router/reg-exp-router';
import { ROUTE_ENTRIES, type RouteName } from './route-table.ts';

/** The routes of one path. */
export interface MatchedPath {
  /** The route of each method; HEAD has that of GET. */
  readonly routes: ReadonlyMap<string, RouteName>;
  /** Value of the header `Allow`. */
  readonly allow: string;
  /**
   * The variable part of the path, as it was sent: no id contains a character that needs an escape. Empty for paths without
   * one.
   */
  readonly id: string;
}

type Entry = Omit<MatchedPath, 'id'>;

/** Finds the routes of a path, by Hono's router. */
export class RouteMatcher {
  readonly #router = new RegExpRouter<Entry>();

  /** The base path is in front of each route. */
  constructor(basePath: string) {
    const paths = new Map<string, Map<string, RouteName>>();
    for (const [name, { method, path }] of ROUTE_ENTRIES) {
      const routes = paths.get(path) ?? new Map<string, RouteName>();
      for (const each of method === 'GET' ? ['GET', 'HEAD'] : [method]) routes.set(each, name);
      paths.set(path, routes);
    }
    for (const [path, routes] of paths) {
      const allow = [...routes.keys(), 'OPTIONS'].join(', ');
      this.#router.add('ALL', basePath + path.replace(/\{\w{1,64}\}/, ':id'), { routes, allow });
    }
  }

  /** Undefined when there is no route. */
  match(path: string): MatchedPath | undefined {
    const [found, stash] = this.#router.match('ALL', path);
    const [entry, params] = found[0] ?? [];
    if (entry === undefined) return undefined;
    const place = params?.['id'];
    const id = typeof place === 'number' ? stash?.[place] : place;
    return { ...entry, id: id ?? '' };
  }
}
