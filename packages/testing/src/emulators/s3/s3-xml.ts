import { XMLBuilder, XMLParser } from 'fast-xml-parser';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });
const parser = new XMLParser({ parseTagValue: false, processEntities: true, ignoreDeclaration: true });

/** An XML document with one root; arrays become repeated elements, undefined members are left out. */
export function toXml(root: string, content: object): string {
  const namespaced = root === 'Error' || root === 'PostResponse' ? content : { '@xmlns': NAMESPACE, ...content };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: withoutUndefined(namespaced) })}`;
}

/** The content of a document's root as nested records of strings; undefined when the text is no such document. */
export function fromXml(root: string, text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('<')) return undefined;
  const parsed: unknown = parser.parse(text);
  const content = (parsed as Record<string, unknown>)[root];
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined;
}

/** Repeated elements are arrays only when there are several of them. */
export function elements(value: unknown): readonly Record<string, unknown>[] {
  if (value === undefined || value === '') return [];
  return (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(known.map(([name, member]) => [name, withoutUndefined(member)]));
}
