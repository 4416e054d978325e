/** The SDK has no types for the part that checks signatures of what MessageBird sends. */
declare module 'messagebird/lib/webhook-signature-jwt.js' {
  import type { KeyObject } from 'node:crypto';

  /** Throws an Error with the reason when the signature does not fit; `jwtVerifyOptions` are those of jose 4. */
  export function verify(
    url: string,
    payload: Buffer,
    jwt: string,
    key: KeyObject,
    options: {
      validateUrl: boolean;
      validatePayload: boolean;
      jwtVerifyOptions: {
        issuer: string;
        algorithms: string[];
        requiredClaims: string[];
        clockTolerance: number;
        currentDate: Date;
      };
      jwtVerifyJti(id: unknown): boolean;
    },
  ): Promise<true>;
}
