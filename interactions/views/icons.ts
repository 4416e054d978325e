import { html, type Markup, trusted } from './markup.ts';

/* Line icons on a grid of 24, one stroke for all, drawn for this product. */
const shapes = {
  alert: '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.4v.1"/>',
  app: '<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M9.5 11h.1M12 11h.1M14.5 11h.1M9.5 14.5h5M11 5.5h2"/>',
  arrow: '<path d="M5 12h14M13 6l6 6-6 6"/>',
  call: '<path d="M5.5 4h3.6l1.6 4.4-2.2 1.8a12 12 0 0 0 5.3 5.3l1.8-2.2 4.4 1.6v3.6a1.6 1.6 0 0 1-1.7 1.6A16.4 16.4 0 0 1 3.9 5.7 1.6 1.6 0 0 1 5.5 4z"/>',
  caps: '<path d="M12 4l7 7.5h-3.7V16H8.7v-4.5H5zM8.7 20h6.6"/>',
  check: '<circle cx="12" cy="12" r="9"/><path d="M8 12.3l2.7 2.7L16 9.5"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.4 2"/>',
  cookie:
    '<path d="M20.9 11.2A9 9 0 1 1 12.4 3a3.6 3.6 0 0 0 4.3 4.4 3.6 3.6 0 0 0 4.2 3.8zM8.6 9.6v.1M8 14.6v.1M12.5 16.6v.1M13.2 12v.1"/>',
  copy: '<rect x="8.5" y="8.5" width="12" height="12" rx="2.5"/><path d="M15.5 5.4A2 2 0 0 0 13.6 3.5h-8a2 2 0 0 0-2.1 2v8a2 2 0 0 0 2 2"/>',
  file: '<path d="M6.5 3h7l5 5v11.5a1.5 1.5 0 0 1-1.5 1.5H6.5A1.5 1.5 0 0 1 5 19.5v-15A1.5 1.5 0 0 1 6.5 3zM13.5 3v5h5M11.8 11.5v6M9.3 15l2.5 2.5 2.5-2.5"/>',
  help: '<circle cx="12" cy="12" r="9"/><path d="M9.4 9.4a2.7 2.7 0 1 1 3.9 2.4c-.8.4-1.3 1-1.3 2M12 16.9v.1"/>',
  key: '<rect x="3" y="8" width="13" height="8" rx="2"/><path d="M16 10h5v4h-5M18.5 11.9v.2"/><circle cx="8.2" cy="12" r="1.9"/>',
  keyboard:
    '<rect x="2.5" y="6" width="19" height="12" rx="2.5"/><path d="M6.5 10h.1M10.2 10h.1M13.8 10h.1M17.5 10h.1M8.500 14h7"/>',
  lock: '<rect x="4.5" y="10.5" width="15" height="10" rx="2.5"/><path d="M8 10.5V7.4a4 4 0 0 1 8 0v3.1M12 14.5v2"/>',
  mail: '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M3.6 7.4L12 13l8.4-5.6"/>',
  message:
    '<path d="M5.5 4h13A2.5 2.5 0 0 1 21 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4.2V16h-.5A2.5 2.5 0 0 1 3 13.5v-7A2.5 2.5 0 0 1 5.5 4zM8 8.5h8M8 11.7h5"/>',
  next: '<path d="M9.5 6l6 6-6 6"/>',
  paper:
    '<path d="M6.5 3h11A1.5 1.5 0 0 1 19 4.5V21l-2.3-1.4L14.3 21 12 19.6 9.7 21l-2.4-1.400L5 21V4.500A1.5 1.5 0 0 1 6.5 3zM8.5 8h2.700M12.8 8h2.700M8.5 12h7"/>',
  passkey:
    '<circle cx="9.5" cy="7.5" r="4"/><path d="M2.5 20c.4-3.8 3.2-6 7-6 1.3 0 2.4.2 3.4.7"/><circle cx="17.5" cy="13.5" r="2.8"/><path d="M17.5 16.300V21.500l1.8-1.6-1.1-1.3"/>',
  phone: '<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M11 5.500h2M11.2 18.500h1.6"/>',
  print:
    '<path d="M7 8.500V3h10v5.500M7 17H5a2 2 0 0 1-2-2v-4.500a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2h-2M7 14h10v7H7zM17.5 11.500v.1"/>',
  share:
    '<circle cx="6" cy="12" r="2.8"/><circle cx="17.5" cy="5.8" r="2.8"/><circle cx="17.5" cy="18.2" r="2.8"/><path d="M8.5 10.7L15 7.1M8.5 13.3l6.5 3.6"/>',
  stop: '<circle cx="12" cy="12" r="9"/><path d="M5.7 5.7l12.6 12.6"/>',
  user: '<circle cx="12" cy="8" r="4.2"/><path d="M4 20.5c.6-4 3.8-6.3 8-6.3s7.4 2.3 8 6.3"/>',
} as const;

export type IconName = keyof typeof shapes;

/** Whether there is a line icon of this name. */
function isIconName(name: string): name is IconName {
  return Object.hasOwn(shapes, name);
}

/** The icon that a second-step method names; a key for one that names none of ours. */
export function methodIconName(name: string): IconName {
  return isIconName(name) ? name : 'key';
}

/** A line icon in the colour of the text around it. It never carries meaning alone: words stand beside it. */
export function icon(name: IconName): Markup {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${trusted(shapes[name])}</svg>`;
}
