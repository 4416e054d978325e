import qrcode from 'qrcode';
import { html, type Markup, trusted } from './markup.ts';

/* ISO/IEC 18004 asks for a quiet zone of four modules around the code. */
const quietZone = 4;

function rows(size: number, dark: (row: number, column: number) => boolean): string {
  let path = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const start = column;
      while (column < size && dark(row, column)) column += 1;
      if (column > start)
        path += `M${start + quietZone} ${row + quietZone}h${column - start}v1h${start - column}z`;
    }
  }
  return path;
}

/** A QR code as a picture: always dark on white, also on a dark page, because many cameras need it so. */
export function qrCode(content: string, label: string): Markup {
  const { modules } = qrcode.create(content, { errorCorrectionLevel: 'M' });
  const side = modules.size + 2 * quietZone;
  const path = rows(modules.size, (row, column) => modules.get(row, column) === 1);
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path class="qr-paper" d="M0 0h${side}v${side}H0z"/><path class="qr-ink" d="${trusted(path)}"/></svg>`;
}
