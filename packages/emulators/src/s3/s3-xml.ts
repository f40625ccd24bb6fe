import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });
// Keys keep every space: nothing is trimmed, nothing becomes a number, line breaks come as `&#xA;`.
const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  maxNestedTags: 20,
});

/** An element with children. */
export type XmlElement = Readonly<Record<string, unknown>>;

/** An XML document with one root; arrays become repeated elements, undefined members are left out. */
export function toXml(root: string, content: object): string {
  const namespaced = root === 'Error' || root === 'PostResponse' ? content : { '@xmlns': NAMESPACE, ...content };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: withoutUndefined(namespaced) })}`;
}

/** The root element of a request's document. @throws {S3Error} 400 `MalformedXML` when the text is not such a document */
export function fromXml(root: string, text: string): XmlElement {
  // A document type could bring entities of its own; no client of S3 sends one.
  if (/<!DOCTYPE/i.test(text)) throw malformedXml();
  const content = parse(text)[root];
  if (content === '') return {};
  if (!isElement(content)) throw malformedXml();
  return content;
}

/** The child elements of a name. @throws {S3Error} 400 `MalformedXML` when one holds only text */
export function childElements(parent: XmlElement, name: string): readonly XmlElement[] {
  return children(parent, name).map((child) => {
    if (!isElement(child)) throw malformedXml();
    return child;
  });
}

/** The texts of the child elements of a name. @throws {S3Error} 400 `MalformedXML` when one holds elements */
export function childTexts(parent: XmlElement, name: string): readonly string[] {
  return children(parent, name).map((child) => {
    if (typeof child !== 'string') throw malformedXml();
    return child;
  });
}

/** The error 400 for a body that is not the expected document. */
export function malformedXml(): S3Error {
  return new S3Error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

function parse(text: string): XmlElement {
  try {
    return parser.parse(text, true) as XmlElement;
  } catch {
    // Any error of the parser (nesting, names, endless entities) is caused by the sender's document.
    throw malformedXml();
  }
}

/** Repeated elements are an array only when there are several of them. */
function children(parent: XmlElement, name: string): readonly unknown[] {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isElement(value: unknown): value is XmlElement {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(known.map(([name, member]) => [name, withoutUndefined(member)]));
}
