import { header, type HttpRequest } from './message.ts';

/** The languages that pages have texts in. */
export const languages: readonly string[] = ['en'];

/** The best of our languages for a reader, by `Accept-Language` (RFC 9110, 12.5.4); English where none fits. */
export function languageOf(request: HttpRequest): string {
  const wanted = (header(request, 'accept-language') ?? '')
    .slice(0, 256)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const quality = parameters
        .map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])
        .find(Boolean);
      return { base: tag.split('-')[0] ?? '', quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.find(({ base }) => languages.includes(base))?.base ?? 'en';
}
