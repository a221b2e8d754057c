/** What a resource says is missing (RFC 9470, section 3): levels by name, and the greatest age of the proof, in seconds. */
export interface StepUpChallenge {
  readonly acrValues?: string;
  readonly maxAge?: number;
}

/** The value of `WWW-Authenticate` for a session or token that is too weak or too old. */
export function insufficientAuthentication({ acrValues, maxAge }: StepUpChallenge): string {
  const parameters = [
    'error="insufficient_user_authentication"',
    'error_description="More authentication is needed for this."',
    // Methods have no parameter in a challenge; levels do.
    ...(acrValues === undefined ? [] : [`acr_values="${acrValues}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ];
  return `Bearer ${parameters.join(', ')}`;
}
