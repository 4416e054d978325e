import { DEPARTMENTS } from '../sample-data.ts';
import type { Language, Words } from '../words/language.ts';
import { decimal } from './format.ts';
import { type Html, html } from './html.ts';

/** Counts by department, no people. */
export function drawEmployees(words: Words, language: Language): Html {
  const labels = words.employees;
  const rows = DEPARTMENTS.map(
    ({ key, people, sick, rate }) => html`<tr>
<th scope="row">${words.departments[key]}</th>${figures(labels, [people, sick, `${decimal(rate, language)}%`])}
</tr>`,
  );
  const people = DEPARTMENTS.reduce((sum, department) => sum + department.people, 0);
  const sick = DEPARTMENTS.reduce((sum, department) => sum + department.sick, 0);
  const rate = DEPARTMENTS.reduce((sum, department) => sum + department.rate * department.people, 0) / people;
  const average = `${decimal(Math.round(rate * 10) / 10, language)}%`;
  return html`<div class="heading"><h1>${labels.title}</h1><p class="soft">${labels.text}</p></div>
<section class="card"><table class="folding">
<thead><tr><th scope="col">${labels.department}</th><th scope="col" class="figure">${labels.people}</th><th scope="col" class="figure">${labels.sick}</th><th scope="col" class="figure">${labels.rate}</th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr class="total"><th scope="row">${labels.total}</th>${figures(labels, [people, sick, average])}</tr></tfoot>
</table></section>`;
}

function figures(labels: Words['employees'], [people, sick, rate]: [number, number, string]): Html[] {
  const cells: [string, number | string][] = [
    [labels.people, people],
    [labels.sick, sick],
    [labels.rate, rate],
  ];
  return cells.map(([label, value]) => html`<td class="figure" data-label="${label}">${value}</td>`);
}
