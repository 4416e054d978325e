/** The package is CommonJS whose export is the function itself; its own types say otherwise. */
declare module 'bidi-js' {
  /** Bidi_Class of a code point (UAX #44), by its short name. */
  export type BidiCharTypeName =
    | 'L'
    | 'R'
    | 'AL'
    | 'EN'
    | 'ES'
    | 'ET'
    | 'AN'
    | 'CS'
    | 'NSM'
    | 'BN'
    | 'B'
    | 'S'
    | 'WS'
    | 'ON'
    | 'LRE'
    | 'LRO'
    | 'RLE'
    | 'RLO'
    | 'PDF'
    | 'LRI'
    | 'RLI'
    | 'FSI'
    | 'PDI';

  export default function bidiFactory(): { getBidiCharTypeName(char: string): BidiCharTypeName };
}
