import { html, type Markup, trusted } from '../views/markup.ts';

/*
 * Pictures drawn for this product, on a grid of 160 by 120: `f` is a soft surface, `p` is paper, `a` an accent, `i` ink
 * filled in; all the rest are lines of one stroke. Colours come from the stylesheet's tokens.
 */
const shapes = {
  'two-steps':
    '<rect class="f" x="8" y="32" width="60" height="52" rx="8"/><path d="M26 58V46a12 12 0 0 1 24 0v12"/><rect class="p" x="20" y="58" width="36" height="20" rx="4"/><path class="i" d="M27 67h.1M34 67h.1M41 67h.1M48 67h.1"/><path d="M76 58h10M81 53v10"/><rect class="p" x="96" y="14" width="50" height="92" rx="9"/><path d="M115 22h12"/><rect class="f" x="103" y="36" width="36" height="26" rx="5"/><path class="a" d="M113 49l6 6 11-12"/><path d="M112 76h18M112 86h18"/>',
  message:
    '<rect class="p" x="26" y="8" width="56" height="104" rx="10"/><path d="M47 16h14M48 104h12"/><path class="f" d="M58 34h74a8 8 0 0 1 8 8v26a8 8 0 0 1-8 8H78l-14 12V76h-6a8 8 0 0 1-8-8V42a8 8 0 0 1 8-8z"/><path class="a" d="M60 49h7v13h-7zM74 49v7h7M81 49v13M88 49h7v6.5h-7v6.5h7M104 49v13M111 49h7v13h-7M112 55.5h6M125 49h7l-4 13"/>',
  yubikey:
    '<path class="f" d="M40 42h74a10 10 0 0 1 10 10v16a10 10 0 0 1-10 10H40a18 18 0 0 1 0-36z"/><circle class="p" cx="40" cy="60" r="6"/><rect class="p" x="124" y="48" width="24" height="24" rx="2"/><path d="M132 55h8M132 61h8M132 67h8"/><circle class="a" cx="88" cy="60" r="12"/><path class="a" d="M88 54v12M83 60h10"/><path d="M88 86v12M76 90l-5 9M100 90l5 9"/>',
  passkey:
    '<rect class="p" x="22" y="18" width="100" height="66" rx="7"/><path class="f" d="M10 92h124v4a8 8 0 0 1-8 8H18a8 8 0 0 1-8-8z"/><path class="a" d="M56 62c-2-8-1-18 6-22 8-5 20-1 22 9M64 66c-3-8-3-15 2-19 5-3 11 0 12 6 1 5 1 9 3 12M72 67c-2-5-3-9-2-13M85 58c0 3 1 6 2 8"/><circle class="f" cx="130" cy="40" r="16"/><path class="a" d="M123 40l5 5 9-10"/>',
  'qr-code':
    '<rect class="p" x="10" y="24" width="72" height="72" rx="6"/><path class="i s" d="M20 34h16v16H20zM56 34h16v16H56zM20 70h16v16H20z"/><path class="i" d="M26 40h4v4h-4zM62 40h4v4h-4zM26 76h4v4h-4zM43 36h5v5h-5zM43 47h5v5h-5zM43 58h5v5h-5zM54 58h5v5h-5zM65 58h5v5h-5zM43 69h5v5h-5zM54 71h5v5h-5zM66 69h5v5h-5zM43 81h5v5h-5zM59 81h5v5h-5zM68 80h4v6h-4zM20 57h5v5h-5zM31 57h5v5h-5z"/><rect class="p" x="100" y="12" width="48" height="96" rx="9"/><path d="M118 20h12M120 100h8"/><path class="a" d="M110 46v-8h8M138 46v-8h-8M110 58v8h8M138 58v8h-8M106 52h36"/><path d="M88 60h6M114 80h20M114 88h12"/>',
  'backup-code':
    '<path class="p" d="M34 10h68l24 24v76H34z"/><path class="f" d="M102 10v24h24"/><path d="M48 34h38M48 92h64M48 100h40"/><rect class="f" x="46" y="50" width="68" height="26" rx="5"/><path class="a" d="M54 63h.1M61 63h.1M68 63h.1M75 63h.1M86 63h.1M93 63h.1M100 63h.1M107 63h.1"/>',
} as const;

export type PictureName = keyof typeof shapes;

/** A picture with words for who can't see it. */
export function picture(name: PictureName, label: string): Markup {
  return html`<svg class="picture" role="img" aria-label="${label}" viewBox="0 0 160 120">${trusted(shapes[name])}</svg>`;
}
