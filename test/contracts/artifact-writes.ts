import type { ArtifactWrite } from '#src/provider/ports.ts';

/** An access token to write, of ten minutes unless told otherwise. */
export function token(tenantId: string, id: string, more: Partial<ArtifactWrite> = {}): ArtifactWrite {
  return { tenantId, model: 'AccessToken', id, payload: { jti: id }, expiresIn: 600, ...more };
}

/** A session to write, of ten minutes, with a uid of its own unless told otherwise. */
export function session(tenantId: string, id: string, more: Partial<ArtifactWrite> = {}): ArtifactWrite {
  return {
    tenantId,
    model: 'Session',
    id,
    payload: { jti: id },
    expiresIn: 600,
    uid: `uid-${id}`,
    ...more,
  };
}

/** A grant to write, of ten minutes unless told otherwise. */
export function grant(tenantId: string, id: string, more: Partial<ArtifactWrite> = {}): ArtifactWrite {
  return { tenantId, model: 'Grant', id, payload: { jti: id }, expiresIn: 600, ...more };
}
