import { header, type HttpRequest } from './message.ts';

/** The languages that there are texts in, each by the name that its readers know it by. */
export const languageNames = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  da: 'Dansk',
  ja: '日本語',
} as const;

export type Language = keyof typeof languageNames;
export const languages: readonly Language[] = Object.keys(languageNames) as Language[];

/** The best language that a browser asks for, by `Accept-Language` (RFC 9110, 12.5.4). Regions make no difference here. */
export function acceptedLanguage(request: HttpRequest): Language | undefined {
  const wanted = (header(request, 'accept-language') ?? '')
    .slice(0, 256)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';');
      const quality = parameters
        .map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])
        .find(Boolean);
      return { language: knownLanguage(tag.split('-')[0]), quality: Number(quality ?? 1) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.find(({ language }) => language !== undefined)?.language;
}

export function knownLanguage(language: string | undefined): Language | undefined {
  return languages.find((one) => one === language);
}
