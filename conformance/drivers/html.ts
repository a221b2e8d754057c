import { PageError } from './driver.ts';

/**
 * As much of HTML as it takes to answer plain forms: elements with their attributes, and the form each stands in. Not a
 * parser of everything; pages that need scripts are for the driver `browser`.
 */
export interface PageElement {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly form: PageElement | null;
}

const token =
  /<!--[\s\S]*?-->|<(script|style|textarea)\b([^>]*)>[\s\S]*?<\/\1\s*>|<(\/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

export function elementsOf(html: string): readonly PageElement[] {
  const elements: PageElement[] = [];
  let form: PageElement | null = null;
  for (const match of html.matchAll(token)) {
    const tag = (match[1] ?? match[4])?.toLowerCase();
    if (tag === undefined) continue;
    if (match[3] === '/') {
      if (tag === 'form') form = null;
      continue;
    }
    const element: PageElement = { tag, attributes: attributesOf(match[2] ?? match[5] ?? ''), form };
    elements.push(element);
    if (tag === 'form') form = element;
  }
  return elements;
}

export function titleOf(html: string): string {
  const title = /<title[^>]*>([^<]*)</i.exec(html)?.[1] ?? /<h1[^>]*>([^<]*)</i.exec(html)?.[1] ?? '';
  return decode(title).trim();
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(attribute)) {
    attributes.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(parseInt(String(hex), 16));
    return named[String(name).toLowerCase()] ?? all;
  });
}

/** The first element that a selector names, or `null`. */
export function find(elements: readonly PageElement[], selector: string): PageElement | null {
  const tests = selector.split(/,(?![^[]*\])/).map((one) => compound(one.trim()));
  return elements.find((element) => tests.some((fits) => fits(element))) ?? null;
}

type Test = (element: PageElement) => boolean;

/** One selector such as `form[action$="/login"]`, `#code`, `button.primary`; without spaces or `>`. */
function compound(selector: string): Test {
  const part =
    /^([a-z][\w-]*|\*)|#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:([\^$*]?=)(?:"([^"]*)"|'([^']*)'|([^\]]*)))?\]/iy;
  const tests: Test[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < selector.length) {
    const match = part.exec(selector);
    if (!match) throw new PageError(`plain forms cannot look for "${selector}"`);
    tests.push(single(match));
  }
  return (element) => tests.every((fits) => fits(element));
}

function single([, tag, id, className, name, operator, ...values]: RegExpExecArray): Test {
  if (tag !== undefined) return (element) => tag === '*' || element.tag === tag.toLowerCase();
  if (id !== undefined) return ({ attributes }) => attributes.get('id') === id;
  if (className !== undefined) {
    return ({ attributes }) => (attributes.get('class') ?? '').split(/\s+/).includes(className);
  }
  const wanted = values.find((value) => value !== undefined) ?? '';
  return ({ attributes }) => {
    const value = attributes.get((name ?? '').toLowerCase());
    if (value === undefined) return false;
    if (operator === '=') return value === wanted;
    if (operator === '^=') return value.startsWith(wanted);
    if (operator === '$=') return value.endsWith(wanted);
    if (operator === '*=') return value.includes(wanted);
    return true;
  };
}

export function isToggle({ tag, attributes }: PageElement): boolean {
  return tag === 'input' && ['checkbox', 'radio'].includes(attributes.get('type') ?? '');
}

const submits = new Set(['submit', 'image', '']);

/** What clicking a link or a button asks for. `typed` is what was entered. */
export function requestOf(
  element: PageElement,
  elements: readonly PageElement[],
  typed: ReadonlyMap<PageElement, string>,
  base: string,
): { readonly url: string; readonly method: string; readonly body: string | null } {
  const href = element.attributes.get('href');
  if (element.tag === 'a' && href !== undefined) {
    return { url: new URL(href, base).href, method: 'GET', body: null };
  }
  const { form } = element;
  if (!form) throw new PageError(`a <${element.tag}> outside of a form leads nowhere without scripts`);
  const fields = new URLSearchParams();
  for (const field of elements) {
    if (field.form !== form) continue;
    const value = valueOf(field, field === element, typed);
    const name = field.attributes.get('name');
    if (name && value !== null) fields.append(name, value);
  }
  const url = new URL(element.attributes.get('formaction') ?? form.attributes.get('action') ?? '', base);
  const method = (form.attributes.get('method') ?? 'get').toUpperCase();
  if (method === 'POST') return { url: url.href, method, body: fields.toString() };
  url.search = fields.toString();
  return { url: url.href, method: 'GET', body: null };
}

/** What a field adds to its form (HTML, "constructing the entry list"); `null` where that is nothing. */
function valueOf(
  field: PageElement,
  isSubmitter: boolean,
  typed: ReadonlyMap<PageElement, string>,
): string | null {
  const { tag, attributes } = field;
  const type = (attributes.get('type') ?? '').toLowerCase();
  if (attributes.has('disabled')) return null;
  if (tag === 'button' || (tag === 'input' && ['submit', 'image', 'button', 'reset'].includes(type))) {
    return isSubmitter && submits.has(type) ? (attributes.get('value') ?? '') : null;
  }
  if (isToggle(field)) {
    return typed.get(field) ?? (attributes.has('checked') ? (attributes.get('value') ?? 'on') : null);
  }
  if (tag !== 'input' && tag !== 'textarea' && tag !== 'select') return null;
  return typed.get(field) ?? attributes.get('value') ?? '';
}
