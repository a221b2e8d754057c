import type { Config } from '../core/options.ts';
import { acceptedLanguage, knownLanguage, type Language } from '../web/language.ts';
import type { HttpRequest } from '../web/message.ts';
import { readCookie } from './cookies.ts';

/** The language of a reader: the one they chose, or else the best that their browser asks for, or else English. */
export function languageOf(config: Config, request: HttpRequest): Language {
  return knownLanguage(readCookie(config, request, 'language')) ?? acceptedLanguage(request) ?? 'en';
}
