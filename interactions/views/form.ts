import { icon } from './icons.ts';
import { type Child, html, type Markup, nothing } from './markup.ts';

/** What is wrong with a form: said once above it, with a link to the field, and once at the field itself. */
export interface FormError {
  /** What happened, in one sentence. */
  summary: string;
  /** The field to go to, and what to do there; none when no field is to blame (a wait). */
  field?: { id: string; text: string } | undefined;
  /** Fields to mark, when more than one may be wrong. */
  alsoWrong?: readonly string[] | undefined;
  /** Seconds until the form may be sent again. */
  wait?: number | undefined;
}

/** One field. `extra` goes into the control's tag, `inside` stands in the box, `note` beside the label. */
export interface Field {
  id: string;
  name: string;
  label: string;
  type: 'text' | 'password';
  hint?: string | undefined;
  value?: string | undefined;
  autofocus?: boolean | undefined;
  extra: Markup;
  inside?: Markup | undefined;
  note?: Markup | undefined;
  className?: string | undefined;
}

/** The box above a form that says what is wrong; read out at once, its link leads to the field. */
export function errorSummary(error: FormError | undefined): Markup {
  if (error === undefined) return nothing;
  const { summary, field } = error;
  const text = field ? html`<a href="#${field.id}">${summary}</a>` : summary;
  return html`<div class="alert${error.wait !== undefined && ' waiting'}" role="alert" id="error-summary">${icon(error.wait === undefined ? 'alert' : 'clock')}<p>${text}</p></div>`;
}

function describedBy(field: Field, wrong: boolean): Child {
  const ids = [field.hint !== undefined && `${field.id}-hint`, wrong && `${field.id}-error`].filter(Boolean);
  return ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`;
}

/** A labelled field with its hint, and its error under the hint (WCAG 3.3.1). What was typed is kept if given. */
export function textField(field: Field, error?: FormError): Markup {
  const { id, name, label, type, hint, value, extra, inside, note, className } = field;
  const own = error?.field?.id === id ? error.field.text : undefined;
  const marked = own !== undefined || error?.alsoWrong?.includes(id);
  const focused = error?.field ? own !== undefined : field.autofocus;
  return html`<div class="field${className && ` ${className}`}">
<div class="label"><label for="${id}">${label}</label>${note}</div>
${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
${own !== undefined && html`<p class="error" id="${id}-error">${icon('alert')}${own}</p>`}
<div class="control"><input id="${id}" name="${name}" type="${type}"${value !== undefined && html` value="${value}"`}${describedBy(field, own !== undefined)}${marked && html` aria-invalid="true"`}${focused && html` autofocus`} ${extra}>${inside}</div>
</div>`;
}
