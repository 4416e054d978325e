/** A delivery report as it came in over HTTP. */
export interface SignedReport {
  /** The whole address it was sent to, as the tenant is known by: `https://login.example/webhooks/…?status=…`. */
  url: string;
  /** The raw body; empty for a GET. */
  payload: Buffer;
  /** The signature that came with it. */
  token: string;
}

/** Most seconds that a report can be shown again: a signature that lives longer is none. */
export const REPORT_LIFE = 600;

/** `id` is different for every report. `reason` is for the log. */
export type ReportVerdict = { ok: true; id: string } | { ok: false; reason: string };

/** Tells whether a supplier really sent a report, to this address, and just now. Never throws. */
export interface ReportVerifier {
  verify(report: SignedReport): Promise<ReportVerdict>;
}
