import type { Module } from '../check.ts';
import { acrExact } from './acr-exact.ts';
import { acrTruthful } from './acr-truthful.ts';
import { acrValuesOnLiveSession } from './acr-values-on-live-session.ts';
import { acrValuesSupported } from './acr-values-supported.ts';
import { amr } from './amr.ts';
import { authTimeAfterStepUp } from './auth-time-after-step-up.ts';
import { clientMinimum } from './client-minimum.ts';
import { codeBeforeStepUp } from './code-before-step-up.ts';
import { essentialAcrKept } from './essential-acr-kept.ts';
import { essentialAcrNoLoop } from './essential-acr-no-loop.ts';
import { essentialAcrUnmet } from './essential-acr-unmet.ts';
import { lateFinish } from './late-finish.ts';
import { malformedParameters } from './malformed-parameters.ts';
import { maxAgeExceeded } from './max-age-exceeded.ts';
import { maxAgeZero } from './max-age-zero.ts';
import { otherBrowser } from './other-browser.ts';
import { promptLogin } from './prompt-login.ts';
import { promptNone } from './prompt-none.ts';
import { refresh } from './refresh.ts';
import { responseParameters } from './response-parameters.ts';
import { tokensAgree } from './tokens-agree.ts';
import { unknownClient } from './unknown-client.ts';

/** Everything the checker looks at, in the order of the report. */
export const modules: readonly Module[] = [
  acrValuesOnLiveSession,
  essentialAcrUnmet,
  essentialAcrKept,
  essentialAcrNoLoop,
  acrTruthful,
  acrExact,
  acrValuesSupported,
  amr,
  maxAgeZero,
  maxAgeExceeded,
  lateFinish,
  promptLogin,
  promptNone,
  authTimeAfterStepUp,
  codeBeforeStepUp,
  refresh,
  tokensAgree,
  clientMinimum,
  responseParameters,
  unknownClient,
  malformedParameters,
  otherBrowser,
];
