import { icon } from './icons.ts';
import { type Child, html, type Markup, nothing } from './markup.ts';

/** A field that is wrong, and what to do there. */
export interface FieldError {
  id: string;
  text: string;
}

/** What is wrong with a form: said once above it, with a link to the field, and once at the field itself. */
export interface FormError {
  /** What happened, in one sentence. */
  summary: string;
  /** The field to go to; none when no field is to blame (a wait). */
  field?: FieldError | undefined;
  /** More fields that are wrong, each for a reason of its own: the summary then links to every one of them. */
  others?: readonly FieldError[] | undefined;
  /** Fields to mark, when more than one may be wrong. */
  alsoWrong?: readonly string[] | undefined;
  /** Seconds until the form may be sent again. */
  wait?: number | undefined;
}

/** What every labelled control has. `extra` goes into the control's tag, `note` stands beside the label. */
interface Labelled {
  id: string;
  name: string;
  label: string;
  hint?: string | undefined;
  value?: string | undefined;
  autofocus?: boolean | undefined;
  extra?: Markup | undefined;
  note?: Markup | undefined;
  className?: string | undefined;
}

/** One field to type in. `inside` stands in the box, `below` under it. */
export interface Field extends Labelled {
  type: 'text' | 'password' | 'email' | 'tel';
  inside?: Markup | undefined;
  below?: Markup | undefined;
}

/** A choice from a list; `prompt` is what it shows before one is made. */
export interface SelectField extends Labelled {
  prompt: string;
  options: readonly { value: string; text: string }[];
}

function summaryText({ summary, field, others = [] }: FormError): Markup {
  if (field === undefined) return html`<p>${summary}</p>`;
  if (others.length === 0) return html`<p><a href="#${field.id}">${summary}</a></p>`;
  const links = [field, ...others].map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`);
  return html`<div><p>${summary}</p><ul>${links}</ul></div>`;
}

/** The box above a form that says what is wrong; read out at once, its links lead to the fields. */
export function errorSummary(error: FormError | undefined): Markup {
  if (error === undefined) return nothing;
  const waits = error.wait !== undefined;
  // Where no field is to blame the focus comes here: a page that opens with an alert in it is not always read out.
  const focused = error.field === undefined && html` tabindex="-1" autofocus`;
  return html`<div class="alert${waits && ' waiting'}" role="alert" id="error-summary"${focused}>${icon(waits ? 'clock' : 'alert')}${summaryText(error)}</div>`;
}

function describedBy({ id, hint }: Labelled, wrong: boolean): Child {
  const ids = [hint !== undefined && `${id}-hint`, wrong && `${id}-error`].filter(Boolean);
  return ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`;
}

/* Label, hint and error around a control (WCAG 3.3.1); the control's tag says what it is and what state it is in. */
function labelled(
  field: Labelled,
  error: FormError | undefined,
  control: (identity: Markup, state: Markup) => Markup,
): Markup {
  const { id, name, label, hint, note, className, extra } = field;
  const wrong = error?.field === undefined ? [] : [error.field, ...(error.others ?? [])];
  const own = wrong.find((other) => other.id === id)?.text;
  const marked = own !== undefined || error?.alsoWrong?.includes(id);
  const focused = error?.field ? error.field.id === id : field.autofocus;
  const identity = html`id="${id}" name="${name}"`;
  const state = html`${describedBy(field, own !== undefined)}${marked && html` aria-invalid="true"`}${focused && html` autofocus`}${extra && html` ${extra}`}`;
  return html`<div class="field${className && ` ${className}`}">
<div class="label"><label for="${id}">${label}</label>${note}</div>
${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
${own !== undefined && html`<p class="error" id="${id}-error">${icon('alert')}${own}</p>`}
${control(identity, state)}
</div>`;
}

/** A labelled field with its hint, and its error under the hint. What was typed is kept if given. */
export function textField(field: Field, error?: FormError): Markup {
  const { type, value, inside, below } = field;
  return labelled(
    field,
    error,
    (identity, state) =>
      html`<div class="control"><input ${identity} type="${type}"${value !== undefined && html` value="${value}"`}${state}>${inside}</div>${below}`,
  );
}

/** One thing that is so or not, with its hint; the whole of it can be pressed. It posts `value` when it is so. */
export interface Checkbox {
  id: string;
  name: string;
  value: string;
  label: string;
  hint: string;
  checked: boolean;
}

/** A box to tick, quieter than a field. */
export function checkbox({ id, name, value, label, hint, checked }: Checkbox): Markup {
  return html`<div class="check"><input id="${id}" name="${name}" type="checkbox" value="${value}" aria-describedby="${id}-hint"${checked && html` checked`}><label for="${id}">${label}</label><p class="hint" id="${id}-hint">${hint}</p></div>`;
}

/** A labelled choice from a list, with its hint and error. What was chosen is kept if it is still in the list. */
export function selectField(field: SelectField, error?: FormError): Markup {
  const { value, prompt, options } = field;
  const items = options.map(
    (option) =>
      html`<option value="${option.value}"${option.value === value && html` selected`}>${option.text}</option>`,
  );
  return labelled(
    field,
    error,
    (identity, state) =>
      html`<div class="control"><select ${identity}${state}><option value="">${prompt}</option>${items}</select></div>`,
  );
}
